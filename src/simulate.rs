//! `xinqiao simulate`: an evening of synthetic seekers over the real wire.
//!
//! A newcomer sees the board live within a minute; an engineer sees whether anything
//! was lost. Everybody synthetic is marked (`"simulated": true`) and stays out of
//! statistics. Arrivals, patience and talks follow [`people`]; one thread plays
//! thousands of people, one task each. `--speed` hurries the people, not the server:
//! ringing, widening and grace keep their own time, so at high speeds more give up.

pub mod chance;
pub mod counselor;
pub mod ledger;
pub mod outbox;
pub mod people;
pub mod report;
pub mod seeker;
pub mod stage;
pub mod words;

use crate::clock::{At, Clock};
use crate::dice;
use crate::wire_client::WireError;
use crate::wire_client::door::Door;
use anyhow::{Context, bail};
use chance::Chance;
use ledger::Ledger;
use report::Report;
use stage::Stage;
use std::cell::{Cell, RefCell};
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::{JoinSet, LocalSet};

/// Real time after the last seeker's end for counselors to write their notes.
const NOTES_LIMIT_S: u64 = 180;

/// Real time between two lines of progress.
const PROGRESS_S: u64 = 2;

/// How the evening goes.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// How many reach out
    #[arg(long, default_value_t = 60)]
    pub seekers: u32,
    /// Within how many hours of the hotline's time
    #[arg(long, default_value_t = 2.0)]
    pub hours: f64,
    /// How many times faster than real time
    #[arg(long, default_value_t = 60.0)]
    pub speed: f64,
    /// Synthetic counselors (demo1 … demoK); 0 leaves the answering to people
    #[arg(long, default_value_t = 0)]
    pub counselors: u32,
    /// The server
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// O'clock at which it begins
    #[arg(long, default_value_t = 18)]
    pub from_hour: u32,
    /// The same seed gives the same people
    #[arg(long)]
    pub seed: Option<u64>,
    /// One JSON object instead of prose
    #[arg(long)]
    pub json: bool,
}

/// Plays the evening and reports it; true when nothing was lost.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    check(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, play(options, out))
}

fn check(options: &Options) -> anyhow::Result<()> {
    let positive = |value: f64| value.is_finite() && value > 0.0;
    if options.seekers == 0 {
        bail!("--seekers must be at least 1");
    }
    if !positive(options.hours) || options.hours > 24.0 * 31.0 {
        bail!("--hours must be more than 0 and at most 744 (a month)");
    }
    if !positive(options.speed) || options.speed > 100_000.0 {
        bail!("--speed must be more than 0 and at most 100000");
    }
    if options.counselors > 20 {
        bail!("--counselors is at most 20: the demonstration has demo1 to demo20");
    }
    if options.from_hour > 23 {
        bail!("--from-hour is an hour of the day, 0 to 23");
    }
    Ok(())
}

async fn play(options: &Options, out: &mut dyn Write) -> anyhow::Result<bool> {
    let door = Door::new(&options.url)?;
    look_at(&door).await?;
    let seed = options.seed.unwrap_or_else(|| dice::below(1 << 32));
    let stage = Rc::new(Stage {
        door,
        clock: Clock::system(),
        ledger: RefCell::new(Ledger::default()),
        speed: options.speed,
        empty: Cell::new(false),
    });
    let mut report = Report::new(options, seed, out);
    report.opening()?;
    let mut chance = Chance::new(seed);
    let mut counselors = open_desks(&stage, options, &mut chance);
    let opening = stage.clock.now();
    let mut seekers = JoinSet::new();
    for plan in people::plans(&mut chance, options.seekers, options.hours, options.from_hour) {
        seekers.spawn_local(seeker::live(Rc::clone(&stage), plan, chance.branch(), opening));
    }
    drain(&mut seekers, &mut counselors, &stage, &mut report, opening).await?;
    stage.empty.set(true);
    let notes = Duration::from_secs(NOTES_LIMIT_S);
    // Notes that are not written by then are no loss of a seeker's: the server's own time closes them.
    let _ = tokio::time::timeout(notes, async { while counselors.join_next().await.is_some() {} })
        .await;
    // What somebody wrote while the other side was leaving is proved by the history alone.
    let unproved = stage.ledger.borrow().unproved();
    for ticket in unproved {
        seeker::read_back(&stage, &ticket).await;
    }
    report.closing(&stage.ledger.borrow(), stage.clock.now().ms_since(opening))
}

/// Is there a server, is it ours, and does it take contacts?
async fn look_at(door: &Door) -> anyhow::Result<()> {
    let mut caller = door.caller();
    match caller.read("/readyz").await {
        Ok(_) => {}
        Err(WireError::Connect { authority, source }) => bail!(
            "no server answers at {authority} ({source}); start one with `xinqiao serve --demo`, or name it with --url"
        ),
        Err(WireError::Refused { status: 503, .. }) => {
            bail!(
                "the server at {} is there but takes no contacts now (/readyz says 503)",
                door.authority()
            )
        }
        Err(error) => {
            return Err(error)
                .with_context(|| format!("{} is no xinqiao server", door.authority()));
        }
    }
    for line in people::LINES {
        caller.read(&format!("/api/v1/lines/{line}")).await.with_context(|| {
            format!("line {line} is not on this server; is it started with --demo?")
        })?;
    }
    Ok(())
}

fn open_desks(
    stage: &Rc<Stage>,
    options: &Options,
    chance: &mut Chance,
) -> JoinSet<Result<(), WireError>> {
    let mut desks = JoinSet::new();
    for number in 1..=options.counselors {
        let username = format!("demo{number}");
        desks.spawn_local(counselor::work(Rc::clone(stage), username, chance.branch()));
    }
    desks
}

/// Waits for every seeker, telling how it goes.
async fn drain(
    seekers: &mut JoinSet<()>,
    counselors: &mut JoinSet<Result<(), WireError>>,
    stage: &Stage,
    report: &mut Report<'_>,
    opening: At,
) -> anyhow::Result<()> {
    let mut beat = tokio::time::interval(Duration::from_secs(PROGRESS_S));
    loop {
        tokio::select! {
            done = seekers.join_next() => match done {
                None => return Ok(()),
                Some(Err(fault)) => return Err(fault).context("a synthetic seeker fell over"),
                Some(Ok(())) => {}
            },
            Some(left) = counselors.join_next() => {
                left.context("a synthetic counselor fell over")?
                    .context("a synthetic counselor could not work (are demo1… this server's, with the demonstration's password?)")?;
            }
            _ = beat.tick() => report.progress(&stage.ledger.borrow(), stage.hotline_since(opening))?,
        }
    }
}
