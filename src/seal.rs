//! What a house knows of a person and must not read: sealed with a key that lives beside the data.
//!
//! A number that calls again is recognised by its fingerprint, a keyed hash that says nothing without
//! the key; the number itself is kept only as a ciphertext bound to its contact. The key is made at
//! the first start and never written anywhere else. Without it there is a clear refusal, never garbage.
//!
//! Source: HMAC-SHA-256 (RFC 2104), HKDF (RFC 5869), AES-256-GCM (NIST SP 800-38D), all of `ring`.

use crate::dice;
use crate::veil::{Pii, Purpose};
use data_encoding::HEXLOWER;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use rustix::fs::{Mode, OFlags};
use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

/// A key's bytes on disk, before they are written as hexadecimal digits.
const KEY_BYTES: usize = 32;
/// The file's name within the data directory.
const FILE: &str = "seal.key";

/// Why something stays sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("{}: {source}", .file.display())]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("{}: expected 64 hexadecimal digits", .file.display())]
    NoKey { file: PathBuf },
    /// It was sealed with another key.
    #[error("sealed with key {wanted}, and this house has {found}")]
    OtherKey { wanted: String, found: String },
    /// It was changed, cut or belongs elsewhere.
    #[error("a sealed value does not open: it was changed, or belongs to another contact")]
    Broken,
}

/// What is written of a sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Names the key, and says nothing of it.
    pub key_id: String,
    /// Nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

/// The house's seal.
#[derive(Clone)]
pub struct Seal {
    key_id: String,
    prints: hmac::Key,
    values: LessSafeKey,
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seal({})", self.key_id)
    }
}

impl Seal {
    /// Reads the key of a data directory, or makes one there.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn open(directory: &Path) -> Result<Self, SealError> {
        let file = directory.join(FILE);
        let trouble = |source| SealError::Unreadable { file: file.clone(), source };
        let mut text = String::new();
        match std::fs::File::open(&file) {
            Ok(mut found) => {
                found.read_to_string(&mut text).map_err(trouble)?;
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                text = HEXLOWER.encode(&dice::bytes::<KEY_BYTES>());
                write_new(&file, &text).map_err(trouble)?;
            }
            Err(error) => return Err(trouble(error)),
        }
        let bytes = HEXLOWER.decode(text.trim().as_bytes()).unwrap_or_default();
        let key = bytes.first_chunk::<KEY_BYTES>().filter(|key| bytes.len() == key.len());
        Self::of_key(key.ok_or(SealError::NoKey { file: file.clone() })?)
            .ok_or(SealError::NoKey { file })
    }

    /// The seal of a key.
    #[must_use]
    pub fn of_key(key: &[u8; KEY_BYTES]) -> Option<Self> {
        let values = UnboundKey::new(&AES_256_GCM, &derive(key, b"values")?).ok()?;
        let id = derive(key, b"id")?;
        Some(Self {
            key_id: HEXLOWER.encode(id.first_chunk::<8>()?),
            prints: hmac::Key::new(hmac::HMAC_SHA256, &derive(key, b"prints")?),
            values: LessSafeKey::new(values),
        })
    }

    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The same for the same text, and telling nothing of it without the key.
    #[must_use]
    pub fn fingerprint(&self, text: &Pii<String>) -> [u8; 32] {
        let tag = hmac::sign(&self.prints, text.reveal(Purpose::Verify).as_bytes());
        tag.as_ref().first_chunk::<32>().copied().unwrap_or([0; 32])
    }

    /// Seals `text` for `owner`, without whom it does not open.
    ///
    /// # Errors
    /// The text is longer than a cipher takes (64 GiB).
    pub fn seal(&self, text: &Pii<String>, owner: &str) -> Result<Sealed, SealError> {
        let nonce = dice::bytes::<NONCE_LEN>();
        let mut sealed = text.reveal(Purpose::Store).clone().into_bytes();
        let aad = Aad::from(owner.as_bytes());
        self.values
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| SealError::Broken)?;
        let bytes = nonce.into_iter().chain(sealed).collect();
        Ok(Sealed { key_id: self.key_id.clone(), bytes })
    }

    /// Opens what was sealed for `owner`.
    ///
    /// # Errors
    /// Another key's, or not as it was written.
    pub fn open_sealed(&self, sealed: &Sealed, owner: &str) -> Result<Pii<String>, SealError> {
        if sealed.key_id != self.key_id {
            return Err(SealError::OtherKey {
                wanted: sealed.key_id.clone(),
                found: self.key_id.clone(),
            });
        }
        let (nonce, rest) =
            sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Broken)?;
        let mut bytes = rest.to_vec();
        let opened = self
            .values
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(owner.as_bytes()),
                &mut bytes,
            )
            .map_err(|_| SealError::Broken)?;
        String::from_utf8(opened.to_vec()).map(Pii::new).map_err(|_| SealError::Broken)
    }
}

/// Readable by its owner alone; never over an existing one.
fn write_new(file: &Path, text: &str) -> std::io::Result<()> {
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::CLOEXEC;
    let handle = rustix::fs::open(file, flags, Mode::RUSR | Mode::WUSR)?;
    let mut handle = std::fs::File::from(handle);
    handle.write_all(text.as_bytes())?;
    handle.sync_all()
}

/// One key for one use, so that none tells of another.
fn derive(key: &[u8; KEY_BYTES], purpose: &[u8]) -> Option<[u8; KEY_BYTES]> {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"xinqiao seal 1");
    let mut derived = [0; KEY_BYTES];
    let known = salt.extract(key);
    let info = [purpose];
    known.expand(&info, hkdf::HKDF_SHA256).ok()?.fill(&mut derived).ok()?;
    Some(derived)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn number() -> Pii<String> {
        Pii::new("+86 000 0000 0000".to_owned())
    }

    fn seal() -> Seal {
        Seal::of_key(&[7; 32]).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_alone() {
        let sealed = seal().seal(&number(), "contact-1").unwrap();
        assert_eq!(seal().open_sealed(&sealed, "contact-1").unwrap(), number());
        assert!(matches!(seal().open_sealed(&sealed, "contact-2"), Err(SealError::Broken)));
    }

    #[test]
    fn the_same_number_is_never_sealed_the_same_and_always_has_the_same_print() {
        let (one, two) =
            (seal().seal(&number(), "a").unwrap(), seal().seal(&number(), "a").unwrap());
        assert_ne!(one.bytes, two.bytes);
        assert_eq!(seal().fingerprint(&number()), seal().fingerprint(&number()));
        let other = Seal::of_key(&[8; 32]).unwrap();
        assert_ne!(other.fingerprint(&number()), seal().fingerprint(&number()));
    }

    #[test]
    fn another_key_is_named_and_a_changed_value_is_refused() {
        let mut sealed = seal().seal(&number(), "a").unwrap();
        let other = Seal::of_key(&[8; 32]).unwrap();
        assert!(matches!(other.open_sealed(&sealed, "a"), Err(SealError::OtherKey { .. })));
        for index in 0..sealed.bytes.len() {
            sealed.bytes[index] ^= 1;
            assert!(seal().open_sealed(&sealed, "a").is_err(), "{index}");
            sealed.bytes[index] ^= 1;
        }
        sealed.bytes.truncate(11);
        assert!(seal().open_sealed(&sealed, "a").is_err());
    }

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = Seal::open(directory.path()).unwrap();
        let again = Seal::open(directory.path()).unwrap();
        assert_eq!(first.key_id(), again.key_id());
        let mode = std::fs::metadata(directory.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        for text in ["", "abc", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64)] {
            std::fs::write(directory.path().join(FILE), text).unwrap();
            assert!(matches!(Seal::open(directory.path()), Err(SealError::NoKey { .. })), "{text}");
            assert_eq!(std::fs::read_to_string(directory.path().join(FILE)).unwrap(), text);
        }
    }

    #[test]
    fn nothing_of_it_prints() {
        let sealed = format!("{:?} {:?}", seal(), number());
        assert!(!sealed.contains("0000"), "{sealed}");
    }
}
