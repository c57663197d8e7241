//! Newtyped ids. Two ids of different nouns can never be mixed up, and none of
//! them carries meaning: an id of a person prints, but says nothing of them.
//!
//! Contacts, counselors and the like are UUIDv7 (time-ordered, made by
//! [`crate::dice`]); lines and skills are small numbers given by the store,
//! because the switchboard compares them millions of times a second; offers
//! are counted by the switchboard itself, which has no dice.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl $name {
            /// An id from a small number, for tests, simulations and benches.
            #[must_use]
            pub const fn from_number(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// One reaching-out over one channel, from arrival to closed.
    ContactId
);
uuid_id!(
    /// A volunteer who takes contacts.
    CounselorId
);
uuid_id!(
    /// A sign-in account: counselor, supervisor or administrator.
    AccountId
);
uuid_id!(
    /// A message of a talk.
    MessageId
);
uuid_id!(
    /// A note that belongs to a contact (also the note of a transfer).
    NoteId
);
uuid_id!(
    /// A canned reply; made by the console that writes it.
    ReplyId
);
uuid_id!(
    /// One look of a supervisor into a talk.
    LookId
);

number_id!(
    /// A public door. The store gives the number; people see the line's code.
    LineId(u16)
);
number_id!(
    /// What a counselor can take. The store gives the number.
    SkillId(u16)
);
number_id!(
    /// A contact shown to one counselor with a time limit; counted by the switchboard.
    OfferId(u64)
);

impl FromStr for OfferId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl From<AccountId> for CounselorId {
    /// A counselor is the account that takes contacts; one id for both.
    fn from(account: AccountId) -> Self {
        Self(account.0)
    }
}
