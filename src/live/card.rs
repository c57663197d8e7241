//! The card of an open contact: what the doors must know to speak without asking the machine.

use crate::clock::At;
use crate::ids::{ContactId, CounselorId, LineId};
use crate::switchboard::{Channel, End, Risk};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Where a contact stands, as its two sides see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Waiting, or ringing at somebody.
    Waiting,
    /// Waiting again after a talk.
    Transferring,
    Talking {
        counselor: CounselorId,
        since: At,
    },
    /// Over for the seeker; the counselor may still write the note.
    WrapUp {
        counselor: CounselorId,
        until: At,
        ended: End,
    },
    Ended {
        ended: End,
    },
}

/// What is known of an open contact. No text, no number, no address.
#[derive(Clone, Debug)]
pub struct Card {
    pub contact: ContactId,
    pub line: LineId,
    pub channel: Channel,
    pub locale: Locale,
    /// SHA-256 of the contact's token.
    pub token_hash: [u8; 32],
    pub arrived_at: At,
    pub risk: Risk,
    pub stage: Stage,
    pub simulated: bool,
    pub previous: Option<CounselorId>,
    /// The person's first contact as far as a return phrase tells; else this one. The alias is made of it.
    pub alias_root: ContactId,
    /// Contacts of the same person before this one, as far as a return phrase tells.
    pub earlier_contacts: u32,
    /// The highest sequence number known.
    pub last_seq: i64,
    /// The counselor has seen everything up to here; in memory only, for a seeker who comes back.
    pub read_seq: Option<i64>,
    /// Where it stood in the queue when that was last read, so that only changes are told.
    pub place: Option<Place>,
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub position: u32,
    pub waiting: u32,
    pub estimate_s: Option<[u32; 2]>,
}

/// The language a seeker is spoken to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Locale {
    #[default]
    ZhCn,
    En,
}

impl Locale {
    /// English for anything that begins with `en`, else Chinese.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.to_ascii_lowercase().starts_with("en") { Self::En } else { Self::ZhCn }
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }
}

impl Card {
    /// The person's alias.
    #[must_use]
    pub fn alias(&self) -> String {
        alias_of(self.alias_root)
    }

    /// The counselor who holds it: in a talk or writing the note.
    #[must_use]
    pub const fn counselor(&self) -> Option<CounselorId> {
        match self.stage {
            Stage::Talking { counselor, .. } | Stage::WrapUp { counselor, .. } => Some(counselor),
            Stage::Waiting | Stage::Transferring | Stage::Ended { .. } => None,
        }
    }

    /// Whether the seeker can still say something.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Transferring | Stage::Talking { .. })
    }
}

/// A short pseudonym of a person, the same for everybody who sees it: an animal and a number made
/// from the id of their first contact (`alias_root`), which says nothing of them. Who comes back
/// with their return phrase keeps it; who does not is somebody new.
#[must_use]
pub fn alias_of(alias_root: ContactId) -> String {
    const ANIMALS: [&str; 16] = [
        "蓝鲸",
        "白鹭",
        "青鸟",
        "海豚",
        "松鼠",
        "云雀",
        "鹿",
        "熊猫",
        "蜻蜓",
        "锦鲤",
        "山雀",
        "水獭",
        "刺猬",
        "萤火虫",
        "燕子",
        "雪豹",
    ];
    let hash = Sha256::digest(alias_root.0.as_bytes());
    let number = hash.iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
    let animal = usize::try_from(number % 16).ok().and_then(|index| ANIMALS.get(index));
    format!("{}-{:03}", animal.unwrap_or(&"蓝鲸"), (number / 16) % 900 + 100)
}

/// SHA-256 of a token: what is stored and compared.
#[must_use]
pub fn hash_token(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A hash as the store keeps it.
#[must_use]
pub fn hash_hex(hash: &[u8; 32]) -> String {
    HEXLOWER.encode(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_stable_and_says_nothing() {
        let contact = ContactId::from_number(7);
        assert_eq!(alias_of(contact), alias_of(contact));
        assert!(alias_of(contact).contains('-'));
    }

    #[test]
    fn anything_but_english_is_chinese() {
        assert_eq!(Locale::parse("en-GB"), Locale::En);
        assert_eq!(Locale::parse("zh-TW"), Locale::ZhCn);
        assert_eq!(Locale::parse(""), Locale::ZhCn);
    }
}
