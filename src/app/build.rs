//! Building the house: store, machine, doors, and the tasks between them.

use super::aliases::Aliases;
use super::board::RecentPicks;
use super::carry::Carrier;
use super::pump::Pump;
use super::telephone::{self, Wires};
use super::voice::Voice;
use super::{demo, fanout, upkeep};
use crate::accounts::routes::Gate;
use crate::accounts::{AccountRules, Accounts, PasswordCost};
use crate::clock::{At, Clock};
use crate::config::Config;
use crate::desk::Desk;
use crate::door::origin::TrustedProxies;
use crate::door::socket::SocketLimits;
use crate::live::admission::AdmissionLimits;
use crate::live::card::Locale;
use crate::live::outbox::OutboxLimits;
use crate::live::{Admission, Card, Directory, Hub, Stage, Switch};
use crate::lobby::hasher::PhraseHasher;
use crate::lobby::{Lobby, TalkLimits};
use crate::media::Media;
use crate::meter::{Health, Readiness};
use crate::office::saved::Saved;
use crate::office::{self, Office};
use crate::sip::Telephone;
use crate::store::contacts::ContactRecord;
use crate::store::{self, Settings, Store};
use crate::switchboard::row::{Row, RowKind};
use crate::switchboard::view::PlaceOf;
use crate::switchboard::{Input, Switchboard};
use crate::web::assets::{self, PagePolicy};
use crate::web::guard::{self, Guard};
use crate::web::openapi::Document;
use crate::web::status::{self, Status};
use crate::{accounts, desk, lobby};
use anyhow::{Context, Result};
use axum::extract::DefaultBodyLimit;
use axum::{Extension, Router, middleware};
use metrics_exporter_prometheus::PrometheusHandle;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Turns that may be on their way to the disk at once.
const LOADS_MAX: usize = 4;
/// Inputs that may wait for the pump; past it the doors say "busy".
const ENVELOPES_MAX: usize = 65_536;

/// A house that stands.
pub struct House {
    pub router: Router,
    pub hub: Arc<Hub>,
    pub store: Arc<Store>,
    pub switch: Switch,
    pub readiness: Readiness,
    pub pump: JoinHandle<()>,
    pub carrier: JoinHandle<()>,
    /// `None` in a house that takes no calls.
    pub telephone: Option<Telephone>,
}

/// What all doors share.
struct Common {
    hub: Arc<Hub>,
    store: Arc<Store>,
    switch: Switch,
    clock: Clock,
    directory: Arc<Directory>,
    admission: Arc<Admission>,
    /// `None` in a house without telephones.
    media: Option<Media>,
}

/// Builds the house. When it returns, the machine is as it was before the last stop, every
/// socket counted as gone.
///
/// # Errors
/// The store cannot be opened, or holds what no machine wrote.
pub async fn build(
    config: &Config,
    clock: Clock,
    figures: Option<PrometheusHandle>,
    readiness: Readiness,
) -> Result<House> {
    let hub = Arc::new(Hub::new());
    let told = Arc::clone(&hub);
    let committed = Arc::new(move |outcomes| fanout::tell(&told, outcomes));
    let store = Arc::new(Store::open(&store_settings(config), committed).await?);
    let mut phones = Vec::new();
    if config.demo.enabled {
        demo::seed(&store, &clock, config.demo.counselors, password_cost(config)).await?;
        phones = demo::seed_phones(&store, &clock, &config.demo, password_cost(config)).await?;
    }
    let saved = Saved::read(&store).await.context("read lines, skills and counselors")?;
    let machine = restore(config, &store).await?;
    let aliases = put_up_cards(&hub, &store, &machine).await?;
    put_up_calls(&hub, &store, &machine).await?;
    end_looks(&store, clock.now()).await?;
    let inputs = saved.inputs(&machine);
    let (switch, envelopes) = Switch::new(ENVELOPES_MAX);
    let started = telephone::start_media(config, &clock)?;
    let common = Common {
        directory: Arc::new(Directory::new(saved.book())),
        admission: Arc::new(Admission::new(admission_limits(config))),
        hub,
        store,
        switch,
        media: started.as_ref().map(|started| started.media.clone()),
        clock,
    };
    let (sender, loads) = mpsc::channel(LOADS_MAX);
    let pump = tokio::spawn(pump(config, &common, machine, aliases, envelopes, sender).run());
    let carrier = tokio::spawn(carrier(config, &common).run(loads));
    wake_up(config, &common.switch, inputs).await?;
    watch_store(&common.store, &readiness);
    upkeep::start(&common.store, common.clock.clone(), phrase_unused_ms(config));
    let router = router(config, &common, figures, &readiness).await?;
    let telephone = telephone::open(config, started, &phones, wires(&common, &readiness)).await?;
    let Common { hub, store, switch, .. } = common;
    Ok(House { router, hub, store, switch, readiness, pump, carrier, telephone })
}

fn wires(common: &Common, readiness: &Readiness) -> Wires {
    Wires {
        hub: Arc::clone(&common.hub),
        switch: common.switch.clone(),
        directory: Arc::clone(&common.directory),
        readiness: readiness.clone(),
        store: Arc::clone(&common.store),
        clock: common.clock.clone(),
    }
}

/// What the store is told of the configuration.
#[must_use]
pub fn store_settings(config: &Config) -> Settings {
    let database = &config.database;
    Settings {
        url: database.resolved_url().reveal().to_owned(),
        queue_max: database.queue_max,
        batch_max: database.batch_max,
        write_deadline_ms: database.write_deadline_ms,
        readers: database.read_connections_max,
        ..Settings::default()
    }
}

/// What a password's hash costs.
#[must_use]
pub const fn password_cost(config: &Config) -> PasswordCost {
    PasswordCost {
        memory_kib: config.accounts.argon2_memory_kib,
        passes: config.accounts.argon2_iterations,
        lanes: config.accounts.argon2_parallelism,
    }
}

async fn restore(config: &Config, store: &Store) -> Result<Switchboard> {
    let stored = store.state_rows().await.context("read the switchboard's rows")?;
    let mut rows = Vec::with_capacity(stored.len());
    for row in stored {
        let kind = RowKind::parse(&row.kind)
            .with_context(|| format!("switchboard_rows: no kind {}", row.kind))?;
        rows.push(Row::from_json(kind, row.body.as_deref().unwrap_or_default())?);
    }
    tracing::info!(rows = rows.len(), "app.restore");
    Ok(Switchboard::restore(config.switchboard.clone(), rows)?)
}

/// The cards of contacts that were open when the process stopped, and under which alias they go.
async fn put_up_cards(hub: &Hub, store: &Store, machine: &Switchboard) -> Result<Aliases> {
    let mut aliases = Aliases::default();
    for record in store.contacts().list_open().await.context("list the open contacts")? {
        let last_seq = store.contacts().last_seq(record.contact).await?;
        if let Some(mut card) = card_of(&record, machine, last_seq) {
            if card.alias_root != card.contact {
                let before = record.arrived_at;
                card.earlier_contacts =
                    store.contacts().count_earlier(card.alias_root, before).await?;
            }
            aliases.note(card.contact, card.alias_root);
            hub.put_card(card);
        }
    }
    Ok(aliases)
}

/// The calls for help that go on; those whose talk is over are forgotten.
async fn put_up_calls(hub: &Hub, store: &Store, machine: &Switchboard) -> Result<()> {
    let mut over = Vec::new();
    for call in store.calls().list().await.context("list the calls for help")? {
        let goes_on = machine.contact(call.contact).is_some_and(|view| match view.place {
            PlaceOf::Talking { counselor, since } => {
                counselor == call.counselor && since <= call.at
            }
            PlaceOf::WrapUp { counselor, .. } => counselor == call.counselor,
            PlaceOf::Waiting | PlaceOf::Offered { .. } => false,
        });
        if goes_on {
            hub.restore_call(call);
        } else {
            over.push(call.contact);
        }
    }
    if !over.is_empty() {
        store.calls().forget(&over).await.context("forget calls for help")?;
    }
    Ok(())
}

/// Looks that went on when the process stopped: they lasted at least until it last wrote anything.
async fn end_looks(store: &Store, at: At) -> Result<()> {
    let looks = store.look_ins().list().await.context("list the looks")?;
    if looks.is_empty() {
        return Ok(());
    }
    let head = store.journal().head().await?;
    let last = store.journal().entries(head.seq.saturating_sub(1), 1).await?;
    let until = last.first().map_or(at, |entry| entry.at);
    for look in looks {
        let ended = store.look_ins().end(&look, "restart", until, at).await;
        ended.context("journal the end of a look")?;
    }
    Ok(())
}

fn card_of(record: &ContactRecord, machine: &Switchboard, last_seq: i64) -> Option<Card> {
    let view = machine.contact(record.contact)?;
    let stage = match view.place {
        PlaceOf::Talking { counselor, since } => Stage::Talking { counselor, since },
        PlaceOf::WrapUp { counselor, until, ended } => Stage::WrapUp { counselor, until, ended },
        PlaceOf::Waiting | PlaceOf::Offered { .. } if view.connected_once => Stage::Transferring,
        PlaceOf::Waiting | PlaceOf::Offered { .. } => Stage::Waiting,
    };
    Some(Card {
        contact: record.contact,
        line: view.line,
        channel: view.channel,
        locale: Locale::parse(&record.locale),
        token_hash: record.token_hash,
        arrived_at: view.arrived_at,
        risk: view.risk,
        stage,
        simulated: view.simulated,
        previous: None,
        alias_root: record.alias_root,
        earlier_contacts: 0,
        last_seq,
        read_seq: None,
        place: None,
    })
}

fn pump(
    config: &Config,
    common: &Common,
    machine: Switchboard,
    aliases: Aliases,
    envelopes: mpsc::Receiver<crate::live::switch::Envelope>,
    carrier: mpsc::Sender<super::carry::Load>,
) -> Pump {
    Pump {
        machine,
        envelopes,
        carrier,
        store: Arc::clone(&common.store),
        hub: Arc::clone(&common.hub),
        directory: Arc::clone(&common.directory),
        clock: common.clock.clone(),
        show_every_ms: i64::try_from(config.chat.queue_interval_ms).unwrap_or(1_000),
        picks: RecentPicks::default(),
        aliases,
    }
}

fn carrier(config: &Config, common: &Common) -> Carrier {
    Carrier {
        hub: Arc::clone(&common.hub),
        store: Arc::clone(&common.store),
        directory: Arc::clone(&common.directory),
        admission: Arc::clone(&common.admission),
        clock: common.clock.clone(),
        voice: Voice { hub: Arc::clone(&common.hub), media: common.media.clone() },
        ring_ms: config.switchboard.ring_ms,
        spoken_to: BTreeSet::new(),
    }
}

/// The first inputs: the rules, what the office changed meanwhile, and that every socket is gone.
async fn wake_up(config: &Config, switch: &Switch, inputs: Vec<Input>) -> Result<()> {
    switch.tell(Input::RulesSaved { rules: config.switchboard.clone() }).await;
    for input in inputs {
        switch.tell(input).await;
    }
    switch.ask(Input::Restarted).await.context("wake the switchboard")?;
    Ok(())
}

/// Ready is who can store; the store's own word is passed on as it changes.
fn watch_store(store: &Store, readiness: &Readiness) {
    let mut health = store.health();
    let readiness = readiness.clone();
    tokio::spawn(async move {
        loop {
            let now = match &*health.borrow_and_update() {
                store::Health::Ok => Health::Ready,
                store::Health::Degraded(trouble) => {
                    Health::Degraded { reason: trouble.to_string() }
                }
            };
            readiness.set(now);
            if health.changed().await.is_err() {
                return;
            }
        }
    });
}

async fn router(
    config: &Config,
    common: &Common,
    figures: Option<PrometheusHandle>,
    readiness: &Readiness,
) -> Result<Router> {
    let roles = common.store.roles().list().await.context("list the roles")?;
    let store = Arc::clone(&common.store);
    let accounts = Accounts::new(store, common.clock.clone(), account_rules(config), roles);
    let gate = Gate {
        accounts: accounts.clone(),
        hub: Arc::clone(&common.hub),
        admission: Arc::clone(&common.admission),
        clock: common.clock.clone(),
    };
    let hub = Arc::clone(&common.hub);
    let writer = common.store.writer();
    let status = Status {
        readiness: readiness.clone(),
        figures,
        readers: config.metrics.readers.clone().into(),
        refresh: Arc::new(move || super::serve::refresh_gauges(&hub, &writer)),
    };
    let (doors, api) = OpenApiRouter::with_openapi(Document::openapi())
        .merge(lobby::routes::router(lobby(config, common, readiness)))
        .merge(desk::routes::router(desk(config, common, accounts.clone())))
        .merge(office::routes::router(office(config, common, accounts.clone())))
        .merge(accounts::routes::router(gate))
        .merge(status::router(status))
        .split_for_parts();
    let document: Arc<str> = api.to_json().context("write the OpenAPI document")?.into();
    let sites: Arc<[String]> = config.server.widget_frame_ancestors.clone().into();
    let guard = Guard { sites: Arc::clone(&sites), readiness: readiness.clone() };
    let openapi = move || async move {
        ([(axum::http::header::CONTENT_TYPE, "application/json")], document.to_string())
    };
    Ok(doors
        .route("/api/openapi.json", axum::routing::get(openapi))
        .merge(assets::router(PagePolicy::new(&sites)))
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::method_not_allowed)
        .layer(Extension(accounts))
        .layer(Extension(TrustedProxies(config.server.trusted_proxies.clone().into())))
        .layer(DefaultBodyLimit::max(config.server.body_bytes_max))
        .layer(middleware::from_fn_with_state(guard, guard::around)))
}

fn lobby(config: &Config, common: &Common, readiness: &Readiness) -> Lobby {
    Lobby {
        hub: Arc::clone(&common.hub),
        switch: common.switch.clone(),
        store: Arc::clone(&common.store),
        clock: common.clock.clone(),
        directory: Arc::clone(&common.directory),
        admission: Arc::clone(&common.admission),
        readiness: readiness.clone(),
        socket: socket_limits(config),
        talk: TalkLimits {
            text_chars_max: config.chat.message_chars_max,
            messages_max: i64::from(config.chat.messages_per_contact_max),
            history_page: HISTORY_PAGE,
        },
        sites: config.server.widget_frame_ancestors.clone().into(),
        simulation: config.demo.enabled,
        phrases: Arc::new(PhraseHasher::new(
            config.lobby.phrases_at_once_max,
            config.lobby.phrases_waiting_max,
        )),
        phrase_unused_ms: phrase_unused_ms(config),
        after_end_ms: i64::try_from(config.lobby.after_end_s).unwrap_or(900).saturating_mul(1_000),
    }
}

/// How long a return phrase is kept that nobody uses, ms.
fn phrase_unused_ms(config: &Config) -> i64 {
    i64::from(config.lobby.phrase_unused_days).saturating_mul(86_400_000)
}

fn desk(config: &Config, common: &Common, accounts: Accounts) -> Desk {
    Desk {
        hub: Arc::clone(&common.hub),
        switch: common.switch.clone(),
        store: Arc::clone(&common.store),
        clock: common.clock.clone(),
        directory: Arc::clone(&common.directory),
        accounts,
        socket: socket_limits(config),
        text_chars_max: config.chat.message_chars_max,
        messages_max: i64::from(config.chat.messages_per_contact_max),
        history_page: HISTORY_PAGE,
        consoles_max: 4,
        ring_ms: config.switchboard.ring_ms,
        seeker_grace_ms: config.switchboard.seeker_grace_ms,
    }
}

fn office(config: &Config, common: &Common, accounts: Accounts) -> Office {
    let hub = Arc::clone(&common.hub);
    Office {
        hub: Arc::clone(&common.hub),
        switch: common.switch.clone(),
        store: Arc::clone(&common.store),
        clock: common.clock.clone(),
        directory: Arc::clone(&common.directory),
        accounts,
        is_demo: config.demo.enabled,
        tell_lines_saved: Arc::new(move || desk::show::lines_saved(&hub)),
        saving: Arc::default(),
    }
}

/// Messages in one read of a history: a page of at most 4 MiB of text.
const HISTORY_PAGE: u32 = 256;

fn socket_limits(config: &Config) -> SocketLimits {
    let chat = &config.chat;
    SocketLimits {
        frame_bytes_max: chat.frame_bytes_max,
        read_buffer_bytes: chat.read_buffer_bytes,
        write_buffer_bytes: chat.write_buffer_bytes,
        outbox: OutboxLimits {
            frames_max: chat.outbox_frames_max,
            bytes_max: chat.outbox_bytes_max,
        },
        hello_timeout_ms: chat.hello_timeout_ms,
        heartbeat_s: u32::try_from(chat.heartbeat_s).unwrap_or(25),
        silence_ms: chat.silence_s.saturating_mul(1_000),
        write_timeout_ms: chat.write_timeout_ms,
        in_flight_max: chat.in_flight_max,
    }
}

const fn admission_limits(config: &Config) -> AdmissionLimits {
    let limits = &config.limits;
    AdmissionLimits {
        source_burst: limits.contacts_per_source_burst,
        source_per_minute: limits.contacts_per_source_per_min,
        source_unconnected_max: limits.unconnected_per_source_max,
        grace_ms: config.switchboard.seeker_grace_ms,
        line_burst: limits.contacts_per_line_burst,
        line_per_minute: limits.contacts_per_line_per_min,
        sign_in_burst: limits.sign_ins_per_source_burst,
        sign_in_per_minute: limits.sign_ins_per_source_per_min,
        phrase_burst: limits.phrases_per_source_burst,
        phrase_per_minute: limits.phrases_per_source_per_min,
        sources_max: limits.sources_max,
    }
}

fn account_rules(config: &Config) -> AccountRules {
    let accounts = &config.accounts;
    let ms = |seconds: u64| i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
    AccountRules {
        cost: password_cost(config),
        hashing_max: accounts.hashes_at_once_max,
        idle_ms: ms(accounts.session_idle_s),
        lifetime_ms: ms(accounts.session_absolute_s),
        failures_max: accounts.lock_after_failures,
        pause_ms: ms(accounts.lock_first_s),
        pause_max_ms: ms(accounts.lock_longest_s),
        otp_roles: accounts.otp_required_for.clone(),
        is_secure: config.server.public_origin.starts_with("https://"),
    }
}
