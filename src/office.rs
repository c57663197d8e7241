//! The administration's door: lines, skills, counselors, accounts and canned replies, read and
//! saved as forms.
//!
//! Owns the judging of a form and the way of what was saved to those who work with it; the
//! words and limits that `xinqiao admin` shares. Decides nothing of contacts: a plan becomes an
//! input of the switchboard, a name an edition of the directory.
//!
//! Invariants: a form with a fault saves nothing and says all its faults · every save is
//! journaled with who did it, and works at once · two who edit the same thing lose nothing: the
//! later is told · one save at a time, and a tab that closes meanwhile leaves none half done.

pub mod account;
mod account_routes;
pub mod counselor;
pub mod error;
pub mod form;
pub mod frame;
pub mod line;
pub mod line_form;
pub mod reply;
mod role;
pub mod routes;
pub mod saved;
pub mod skill;

use crate::accounts::{Accounts, Who};
use crate::clock::{At, Clock};
use crate::live::{Directory, Hub, Switch};
use crate::store::{Act, Store};
pub use error::OfficeError;

use saved::Saved;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What the office works with; cheap to clone.
#[derive(Clone)]
pub struct Office {
    pub hub: Arc<Hub>,
    pub switch: Switch,
    pub store: Arc<Store>,
    pub clock: Clock,
    pub directory: Arc<Directory>,
    pub accounts: Accounts,
    /// Accounts made in a demo are the demo's: it refuses a database that holds others.
    pub is_demo: bool,
    /// Tells whoever has a console open that lines were saved; their frames are another door's.
    pub tell_lines_saved: Arc<dyn Fn() + Send + Sync>,
    /// Held from the first look at what is stored until what was saved works.
    pub saving: Arc<Mutex<()>>,
}

impl Office {
    /// Carries a save out to its end, one at a time, also when the one who asked has gone.
    async fn save<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, OfficeError>> + Send + 'static,
    ) -> Result<T, OfficeError> {
        let saving = Arc::clone(&self.saving);
        let turn = tokio::spawn(async move {
            let _turn = saving.lock().await;
            work.await
        });
        turn.await.unwrap_or(Err(OfficeError::Stopped))
    }

    /// Brings what is saved to those who work with it: first plans to the switchboard, so that
    /// nobody knocks at a line it does not know, then names to the directory.
    async fn bring(&self) -> Result<(), OfficeError> {
        let saved = Arc::new(Saved::read(&self.store).await?);
        let seen = Arc::clone(&saved);
        let inputs = self.switch.look(move |machine, _| seen.inputs(machine), |_| ()).await?;
        for input in inputs {
            self.switch.tell(input).await;
        }
        // Looks are answered in order: after this one the inputs are on disk.
        self.switch.look(|_, _| (), |()| ()).await?;
        self.directory.publish(saved.book());
        Ok(())
    }

    /// The journal's entry of what was done to the thing with this id.
    fn act(&self, act: &str, of: &str, who: &Who) -> Act {
        Act::new(self.clock.now(), act, of, &who.account.to_string())
    }

    /// The name of a new edition: never that of the one before.
    fn edition_after(&self, before: Option<At>) -> At {
        let now = self.clock.now();
        before.map_or(now, |before| now.max(before + 1))
    }
}

/// Whether the edition that a form was filled in from is the stored one.
fn is_current(known: Option<&str>, stored: Option<At>) -> bool {
    known == stored.map(At::rfc3339).as_deref()
}
