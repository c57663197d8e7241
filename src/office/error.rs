//! Why the office does not do it, and how that is said.

use super::form::Faults;
use crate::accounts::password::PasswordError;
use crate::door::{Fault, FieldCode, FieldFault, Problem};
use crate::live::switch::SwitchError;
use crate::store::StoreError;
use serde::Serialize;

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    #[error("the form has {} faults", .0.len())]
    BadForm(Vec<FieldFault>),
    /// Somebody else saved meanwhile; what is stored now.
    #[error("changed meanwhile")]
    Changed(Option<Box<serde_json::Value>>),
    #[error("there is no such thing")]
    Unknown,
    #[error("as many as there may be")]
    LimitReached,
    #[error("one's own account")]
    OwnAccount,
    #[error("the last administrator")]
    LastAdministrator,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Switch(#[from] SwitchError),
    /// The process goes down.
    #[error("the office has stopped")]
    Stopped,
}

impl OfficeError {
    /// A form whose only fault this is.
    #[must_use]
    pub fn one_fault(field: &str, code: FieldCode, zh: &str, en: &str) -> Self {
        let mut faults = Faults::default();
        faults.add(field, code, zh, en);
        Self::BadForm(faults.into_list())
    }

    /// With the edition that is stored, so that nothing typed and nothing stored is lost.
    pub fn changed(current: Option<&impl Serialize>) -> Self {
        let current = current.and_then(|current| serde_json::to_value(current).ok());
        Self::Changed(current.map(Box::new))
    }
}

impl From<OfficeError> for Problem {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::BadForm(faults) => Self { faults, ..Fault::BadForm.into() },
            OfficeError::Changed(current) => Self { current, ..Fault::ChangedMeanwhile.into() },
            OfficeError::Unknown => Fault::NotFound.into(),
            OfficeError::LimitReached => Fault::LimitReached.into(),
            OfficeError::OwnAccount => Fault::OwnAccount.into(),
            OfficeError::LastAdministrator => Fault::LastAdministrator.into(),
            OfficeError::Password(error) => {
                tracing::error!(%error, "office.save failed");
                Fault::Internal.into()
            }
            OfficeError::Store(error) => {
                tracing::error!(%error, "office.save failed");
                Self::retry_after(Fault::NotReady, 5)
            }
            OfficeError::Switch(_) | OfficeError::Stopped => Self::retry_after(Fault::NotReady, 5),
        }
    }
}
