//! Keys pressed on a telephone, as RFC 4733 packets tell them.

use super::rtp::Header;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digit(u8);

impl Digit {
    /// Event codes 0 to 15; flash and the rest are no keys.
    #[must_use]
    pub const fn of_event(event: u8) -> Option<Self> {
        if event < 16 { Some(Self(event)) } else { None }
    }

    /// `0`–`9`, `*`, `#`, `A`–`D`.
    #[must_use]
    pub fn of_char(key: char) -> Option<Self> {
        let event = KEYS.chars().position(|known| known == key)?;
        u8::try_from(event).ok().map(Self)
    }

    #[must_use]
    pub fn as_char(self) -> char {
        KEYS.chars().nth(usize::from(self.0)).unwrap_or('?')
    }

    /// The event code of RFC 4733.
    #[must_use]
    pub const fn event(self) -> u8 {
        self.0
    }
}

const KEYS: &str = "0123456789*#ABCD";

/// Tells each key once, however often its packets come: three times at the end, and again when lost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keypad {
    /// The key told last: its event began at this timestamp of this source.
    told: Option<(u32, u32)>,
}

impl Keypad {
    #[must_use]
    pub const fn new() -> Self {
        Self { told: None }
    }

    /// The key of this packet, if it is its first.
    pub fn hear(&mut self, header: &Header, payload: &[u8]) -> Option<Digit> {
        let [event, ..] = *payload.first_chunk::<4>()?;
        let digit = Digit::of_event(event)?;
        let began = (header.ssrc, header.timestamp);
        if self.told == Some(began) {
            return None;
        }
        self.told = Some(began);
        Some(digit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(timestamp: u32, seq: u16) -> Header {
        Header { marker: false, payload_type: 101, seq, timestamp, ssrc: 5 }
    }

    #[test]
    fn a_key_is_told_once_at_its_first_packet() {
        let mut keypad = Keypad::default();
        assert_eq!(keypad.hear(&header(800, 1), &[1, 0x0a, 0, 160]), Digit::of_char('1'));
        for seq in 2..6 {
            assert_eq!(keypad.hear(&header(800, seq), &[1, 0x8a, 3, 32]), None);
        }
    }

    #[test]
    fn a_key_whose_beginning_was_lost_is_told_by_its_end() {
        let mut keypad = Keypad::default();
        assert_eq!(keypad.hear(&header(800, 9), &[10, 0x8a, 3, 32]), Digit::of_char('*'));
    }

    #[test]
    fn the_same_key_pressed_twice_is_told_twice() {
        let mut keypad = Keypad::default();
        assert!(keypad.hear(&header(800, 1), &[1, 0x8a, 3, 32]).is_some());
        assert!(keypad.hear(&header(2_400, 4), &[1, 0x0a, 0, 160]).is_some());
    }

    #[test]
    fn what_is_no_key_is_nothing() {
        let mut keypad = Keypad::default();
        assert_eq!(keypad.hear(&header(0, 1), &[16, 0, 0, 0]), None);
        assert_eq!(keypad.hear(&header(0, 2), &[1, 0, 0]), None);
        assert_eq!(keypad.hear(&header(0, 3), &[]), None);
    }

    #[test]
    fn every_key_has_its_character() {
        for event in 0..16 {
            let digit = Digit::of_event(event).unwrap();
            assert_eq!(Digit::of_char(digit.as_char()), Some(digit));
        }
        assert_eq!(Digit::of_char('x'), None);
    }
}
