//! Who wrote a message: the one word that both doors and the store share.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "lobby.ts")]
pub enum Sender {
    Seeker,
    Counselor,
    System,
}

impl From<crate::store::Sender> for Sender {
    fn from(stored: crate::store::Sender) -> Self {
        match stored {
            crate::store::Sender::Seeker => Self::Seeker,
            crate::store::Sender::Counselor => Self::Counselor,
            crate::store::Sender::System => Self::System,
        }
    }
}
