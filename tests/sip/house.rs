//! A telephone in a house of cardboard: the real door and stack, a switchboard that says yes, and legs
//! that only remember what they were asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use xinqiao::clock::Clock;
use xinqiao::config::{Sip, TrunkSettings};
use xinqiao::ids::{ContactId, LineId};
use xinqiao::live::directory::{Bilingual, Book, LineFace};
use xinqiao::live::switch::Envelope;
use xinqiao::live::voice::ToCaller;
use xinqiao::live::{Directory, Hub, Switch};
use xinqiao::media::{Aim, LegEvent, LegId, Side};
use xinqiao::meter::{Health, Readiness};
use xinqiao::sip::books::Counts;
use xinqiao::sip::legs::{Legs, OpenLeg, Saying};
use xinqiao::sip::{self, Telephone};
use xinqiao::switchboard::{Effect, Input};

pub const LINE: LineId = LineId(3);
/// Patience with what must happen.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct House {
    pub telephone: Telephone,
    pub hub: Arc<Hub>,
    pub legs: Arc<CardboardLegs>,
    pub inputs: Arc<Mutex<Vec<Input>>>,
    /// One permit for each arrival that may reach the disk.
    pub disk: Arc<Semaphore>,
    /// What the switchboard answers to an arrival.
    pub answer: Arc<Mutex<Vec<Effect>>>,
}

impl House {
    pub async fn open() -> Self {
        Self::with(Sip::default().with_loopback()).await
    }

    /// Takes calls from 127.0.0.2 only.
    pub async fn with_a_trunk_elsewhere() -> Self {
        let mut trunk = TrunkSettings::loopback();
        trunk.addresses = vec!["127.0.0.2".parse().unwrap()];
        Self::with(Sip { trunks: vec![trunk], ..Sip::default() }).await
    }

    pub async fn with(settings: Sip) -> Self {
        let (switch, mut envelopes) = Switch::new(10_000);
        let inputs = Arc::new(Mutex::new(Vec::new()));
        let disk = Arc::new(Semaphore::new(100_000));
        let answer = Arc::new(Mutex::new(Vec::new()));
        let (noted, room, says) = (Arc::clone(&inputs), Arc::clone(&disk), Arc::clone(&answer));
        tokio::spawn(async move {
            while let Some(envelope) = envelopes.recv().await {
                let Envelope::Input { input, reply, .. } = envelope else { continue };
                if matches!(input, Input::Arrive(_)) {
                    room.acquire().await.unwrap().forget();
                }
                noted.lock().unwrap().push(input);
                if let Some(reply) = reply {
                    let _ = reply.send(says.lock().unwrap().clone());
                }
            }
        });
        let (hub, legs) = (Arc::new(Hub::new()), Arc::new(CardboardLegs::default()));
        let readiness = Readiness::default();
        readiness.set(Health::Ready);
        let house = sip::House {
            hub: Arc::clone(&hub),
            switch,
            directory: Arc::new(Directory::new(book())),
            readiness,
            clock: Clock::system(),
            legs: Arc::<CardboardLegs>::clone(&legs),
            people: None,
        };
        let address = "127.0.0.1:0".parse().unwrap();
        let telephone = sip::open(address, &settings, house).await.unwrap();
        Self { telephone, hub, legs, inputs, disk, answer }
    }

    pub fn address(&self) -> SocketAddr {
        self.telephone.address()
    }

    /// A connection; the stack begins to listen a moment after it has started.
    pub async fn tcp(&self) -> TcpStream {
        let mut beat = tokio::time::interval(Duration::from_millis(5));
        let connected = async {
            loop {
                match TcpStream::connect(self.address()).await {
                    Ok(stream) => return stream,
                    Err(_) => beat.tick().await,
                };
            }
        };
        tokio::time::timeout(PATIENCE, connected).await.expect("nobody listens")
    }

    /// The contact of the `index`th arrival.
    pub async fn arrival(&self, index: usize) -> ContactId {
        let arrivals = || {
            let inputs = self.inputs.lock().unwrap();
            let arrived = inputs.iter().filter_map(|input| match input {
                Input::Arrive(arrival) => Some(arrival.contact),
                _ => None,
            });
            arrived.collect::<Vec<_>>()
        };
        eventually("an arrival", || arrivals().len() > index).await;
        arrivals()[index]
    }

    pub async fn hears(&self, input: Input) {
        let what = format!("{input:?}");
        eventually(&what, || self.inputs.lock().unwrap().contains(&input)).await;
    }

    pub fn tell(&self, contact: ContactId, news: ToCaller) {
        assert!(self.hub.telephones.tell_caller(contact, news));
    }

    /// Nothing is left of any call: no leg, no seat, no dialog.
    pub async fn is_empty(&self) {
        eventually("nothing left", || {
            self.telephone.counts() == Counts::default()
                && self.legs.open_count() == 0
                && self.hub.telephones.counts().0 == 0
        })
        .await;
    }
}

fn book() -> Book {
    let face = LineFace {
        line: LINE,
        code: "12355".to_owned(),
        name: Bilingual::default(),
        owner: String::new(),
        greeting: Bilingual::default(),
        full_text: Bilingual::default(),
        crisis_numbers: Vec::new(),
        asks: Vec::new(),
    };
    Book::new(vec![face], Vec::new(), Vec::new())
}

/// Waits until `is_so`, looking again every few milliseconds; fails with `what` when it never is.
pub async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let mut beat = tokio::time::interval(Duration::from_millis(5));
    let seen = async {
        while !is_so() {
            beat.tick().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, seen).await.is_ok(), "never: {what}");
}

/// Legs without sockets.
#[derive(Debug, Default)]
pub struct CardboardLegs(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    opened: u64,
    open: BTreeMap<LegId, mpsc::Sender<LegEvent>>,
    aims: Vec<Aim>,
    said: Vec<Saying>,
}

impl CardboardLegs {
    pub fn open_count(&self) -> usize {
        self.0.lock().unwrap().open.len()
    }

    pub fn aims(&self) -> Vec<Aim> {
        self.0.lock().unwrap().aims.clone()
    }

    pub fn said(&self) -> Vec<Saying> {
        self.0.lock().unwrap().said.clone()
    }

    /// Something happens on every open leg.
    pub fn happen(&self, event: LegEvent) {
        for events in self.0.lock().unwrap().open.values() {
            events.try_send(event).unwrap();
        }
    }
}

impl Legs for CardboardLegs {
    fn open(&self) -> Option<OpenLeg> {
        let mut inner = self.0.lock().unwrap();
        inner.opened += 1;
        let id = LegId(inner.opened);
        let (sender, events) = mpsc::channel(16);
        inner.open.insert(id, sender);
        Some(OpenLeg { id, address: "127.0.0.1:20000".parse().unwrap(), events })
    }

    fn aim(&self, _: LegId, aim: Aim) {
        self.0.lock().unwrap().aims.push(aim);
    }

    fn seat(&self, _: LegId, _: ContactId, _: Side) {}

    fn say(&self, _: LegId, saying: &Saying) {
        self.0.lock().unwrap().said.push(saying.clone());
    }

    fn hush(&self, _: LegId) {}

    fn close(&self, leg: LegId) {
        self.0.lock().unwrap().open.remove(&leg);
    }
}
