//! A SIP message as bytes: its first line, its headers and its body, found without copying.
//!
//! Only what a guard must know before the stack sees a message; the stack parses it again, and whole.
//! RFC 3261, 7 and 18.3.

use std::ops::Range;

/// Headers of one message; more is an attack.
pub const HEADERS_MAX: usize = 256;

/// One header: the line itself and its parts, folded lines included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// As written, compact forms too.
    pub name: &'a [u8],
    /// Without the spaces around it; may hold folds.
    pub value: &'a [u8],
}

/// Why a datagram is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMessage;

/// A message cut into its parts.
#[derive(Clone, Debug)]
pub struct Cut<'a> {
    /// Without its line end.
    pub first_line: &'a [u8],
    pub fields: Vec<Field<'a>>,
    /// Where the headers end, the empty line not counted.
    pub head: Range<usize>,
    pub body: &'a [u8],
}

impl<'a> Cut<'a> {
    /// Cuts `datagram`; leading empty lines are skipped (RFC 3261, 7.5).
    ///
    /// # Errors
    /// [`NoMessage`]: no first line, no end of the headers, a header without a colon, or too many.
    pub fn of(datagram: &'a [u8]) -> Result<Self, NoMessage> {
        let start = datagram.iter().position(|byte| !b"\r\n".contains(byte)).ok_or(NoMessage)?;
        let text = datagram.get(start..).unwrap_or_default();
        let end = find(text, b"\r\n\r\n").ok_or(NoMessage)?;
        let (head, rest) = text.split_at(end);
        let mut lines = Lines(head);
        let first_line = lines.next().ok_or(NoMessage)?;
        let mut fields = Vec::with_capacity(24);
        for line in lines {
            let colon = line.iter().position(|byte| *byte == b':').ok_or(NoMessage)?;
            let (name, value) = line.split_at(colon);
            let name = name.trim_ascii_end();
            if name.is_empty() || !name.iter().copied().all(is_token) {
                return Err(NoMessage);
            }
            if fields.len() == HEADERS_MAX {
                return Err(NoMessage);
            }
            fields.push(Field { name, value: value.get(1..).unwrap_or_default().trim_ascii() });
        }
        let body = rest.get(4..).unwrap_or_default();
        Ok(Self { first_line, fields, head: start..start.saturating_add(end), body })
    }

    /// The value of the first header of this name, long or compact.
    #[must_use]
    pub fn value(&self, name: Name) -> Option<&'a [u8]> {
        self.values(name).next()
    }

    /// All values of a header.
    pub fn values(&self, name: Name) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |field| name.is(field.name)).map(|field| field.value)
    }
}

/// A header's name and its compact form.
#[derive(Clone, Copy, Debug)]
pub struct Name(pub &'static str, pub &'static str);

impl Name {
    pub const VIA: Self = Self("Via", "v");
    pub const FROM: Self = Self("From", "f");
    pub const TO: Self = Self("To", "t");
    pub const CALL_ID: Self = Self("Call-ID", "i");
    pub const CSEQ: Self = Self("CSeq", "CSeq");
    pub const CONTENT_LENGTH: Self = Self("Content-Length", "l");
    pub const MAX_FORWARDS: Self = Self("Max-Forwards", "Max-Forwards");

    fn is(self, written: &[u8]) -> bool {
        written.eq_ignore_ascii_case(self.0.as_bytes())
            || written.eq_ignore_ascii_case(self.1.as_bytes())
    }
}

/// Lines, with those that begin with a space joined to the one before.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let mut from = 0;
        loop {
            let Some(found) = find(self.0.get(from..).unwrap_or_default(), b"\r\n") else {
                return Some(std::mem::take(&mut self.0));
            };
            let end = from.saturating_add(found);
            let next = end.saturating_add(2);
            if !matches!(self.0.get(next), Some(b' ' | b'\t')) {
                let line = self.0.get(..end).unwrap_or_default();
                self.0 = self.0.get(next..).unwrap_or_default();
                return Some(line);
            }
            from = next;
        }
    }
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
}

/// Where `needle` begins in `hay`.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_its_first_line_its_headers_and_its_body() {
        let cut =
            Cut::of(b"\r\nINVITE sip:a SIP/2.0\r\nv: one\r\nSubject: a\r\n  b\r\nl : 3\r\n\r\nabc")
                .unwrap();
        assert_eq!(cut.first_line, b"INVITE sip:a SIP/2.0");
        assert_eq!(cut.value(Name::VIA), Some(&b"one"[..]));
        assert_eq!(cut.value(Name::CONTENT_LENGTH), Some(&b"3"[..]));
        assert_eq!(cut.fields[1].value, b"a\r\n  b", "folded");
        assert_eq!(cut.body, b"abc");
    }

    #[test]
    fn what_has_no_end_of_headers_or_no_colon_is_no_message() {
        for wrong in [
            &b""[..],
            b"\r\n\r\n",
            b"INVITE sip:a SIP/2.0\r\nVia: x\r\n",
            b"A\r\nno colon\r\n\r\n",
            b"A\r\n: x\r\n\r\n",
        ] {
            assert!(Cut::of(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }
}
