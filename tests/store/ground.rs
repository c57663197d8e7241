//! What every test of the store stands on: a database of its own, and an ear
//! for the outcomes.

use crate::postgres::Postgres;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::watch;
use xinqiao::clock::At;
use xinqiao::dice;
use xinqiao::ids::{ContactId, MessageId};
use xinqiao::store::{
    Append, Health, MessageKind, Outcome, Sender, Settings, Store, StoreError, Trouble,
};
use xinqiao::veil::{Pii, Purpose};

/// A database that nobody else uses.
pub struct Ground {
    pub directory: tempfile::TempDir,
    pub settings: Settings,
    server: Option<Arc<Postgres>>,
    database: String,
}

impl Ground {
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/store.db", directory.path().display());
        let settings = Settings { url, ..Settings::default() };
        Self { directory, settings, server: None, database: String::new() }
    }

    pub fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = shared_server();
        let database = format!("store_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let settings = Settings { url: server.database(&database), ..Settings::default() };
        let directory = tempfile::tempdir().unwrap();
        Self { directory, settings, server: Some(server), database }
    }

    pub async fn open(&self) -> (Store, Ear) {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> Result<(Store, Ear), StoreError> {
        let ear = Ear::default();
        let store = Store::open(&self.settings, ear.committed()).await?;
        Ok((store, ear))
    }

    /// Runs SQL beside the store, as an outsider.
    pub async fn outside(&self, sql: &str) -> String {
        if let Some(server) = &self.server {
            return server.query(&self.database, sql);
        }
        Outsider::of(&self.settings).await.ask(sql).await
    }
}

/// One server for the tests that do not hurt it; it stops with the last of them.
fn shared_server() -> Arc<Postgres> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut shared = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(Postgres::start());
        *shared = Arc::downgrade(&server);
        server
    })
}

/// Another program at the same SQLite file.
pub struct Outsider(sqlx::SqliteConnection);

impl Outsider {
    pub async fn of(settings: &Settings) -> Self {
        use sqlx::Connection;
        Self(sqlx::SqliteConnection::connect(&settings.url).await.unwrap())
    }

    /// The first column of the first row, as text; empty if there is none.
    pub async fn ask(&mut self, sql: &str) -> String {
        use sqlx::{AssertSqlSafe, Row};
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.0).await;
        let rows = rows.unwrap();
        let Some(row) = rows.first() else { return String::new() };
        row.try_get_unchecked::<String, _>(0).unwrap_or_default()
    }
}

/// Hears the outcomes.
#[derive(Clone)]
pub struct Ear {
    pub heard: Arc<Mutex<Vec<Vec<Outcome>>>>,
    count: Arc<watch::Sender<usize>>,
}

impl Default for Ear {
    fn default() -> Self {
        Self { heard: Arc::default(), count: Arc::new(watch::Sender::new(0)) }
    }
}

impl Ear {
    pub fn committed(&self) -> xinqiao::store::Committed {
        let ear = self.clone();
        Arc::new(move |outcomes: Vec<Outcome>| {
            let more = outcomes.len();
            ear.heard.lock().unwrap().push(outcomes);
            ear.count.send_modify(|count| *count += more);
        })
    }

    /// Waits until `count` outcomes were heard in all, and gives all of them in order.
    pub async fn outcomes(&self, count: usize) -> Vec<Outcome> {
        self.outcomes_at_least(count).await;
        self.heard.lock().unwrap().concat()
    }

    /// Waits until `count` outcomes were heard in all.
    pub async fn outcomes_at_least(&self, count: usize) {
        self.count.subscribe().wait_for(|heard| *heard >= count).await.unwrap();
    }

    pub fn count(&self) -> usize {
        *self.count.borrow()
    }
}

/// A message from a seeker with this client id.
pub fn says(contact: u128, client_id: &str) -> Append {
    Append {
        tag: 0,
        contact: ContactId::from_number(contact),
        message: MessageId(dice::uuid(At(1))),
        from: Sender::Seeker,
        author: None,
        client_id: Some(client_id.to_owned()),
        kind: MessageKind::Message,
        text: Pii::new(format!("text of {client_id}")),
        at: At(1_000),
    }
}

/// The number a message got and whether it was new.
pub fn seq_of(outcome: &Outcome) -> (i64, bool) {
    match outcome {
        Outcome::Stored { seq, .. } => (*seq, true),
        Outcome::Duplicate { seq, .. } => (*seq, false),
        Outcome::Failed { .. } => panic!("failed"),
    }
}

pub fn is_failed(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { .. })
}

/// Waits until the store says that it is in this trouble.
pub async fn wait_for_trouble(store: &Store, trouble: Trouble) {
    let mut health = store.health();
    health.wait_for(|health| *health == Health::Degraded(trouble.clone())).await.unwrap();
}

pub async fn wait_until_well(store: &Store) {
    store.health().wait_for(Health::is_ok).await.unwrap();
}

/// The numbers and texts of a conversation.
pub async fn talk(store: &Store, contact: u128) -> Vec<(i64, String)> {
    let contact = ContactId::from_number(contact);
    let history = store.reader().history(contact, 0, 1_000_000).await.unwrap();
    history.into_iter().map(|m| (m.seq, m.text.into_revealed(Purpose::Verify))).collect()
}
