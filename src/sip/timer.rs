//! Session timers as the called side (RFC 4028): a goodbye that was lost does not hold a line for ever.

use crate::config::Sip;

/// What a request says of timers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Session-Expires, s.
    pub expires_s: Option<u32>,
    pub min_s: Option<u32>,
    pub refresher: Option<Refresher>,
    /// `Supported: timer`.
    pub is_supported: bool,
}

/// Who refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request.
    Them,
    Us,
}

/// A timer that was agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    pub expires_s: u32,
    pub refresher: Refresher,
}

/// 422 with our Min-SE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSmall;

/// The timer of a session, if any.
///
/// # Errors
/// [`TooSmall`] if the interval asked for is under ours.
pub fn agree(asked: Asked, ours: &Sip) -> Result<Option<Timer>, TooSmall> {
    let Some(expires_s) = asked.expires_s else {
        // A peer that cannot refresh is left alone: silence on its leg ends the call.
        let timer = Timer {
            expires_s: ours.session_expires_s.max(asked.min_s.unwrap_or(0)),
            refresher: Refresher::Them,
        };
        return Ok(asked.is_supported.then_some(timer));
    };
    if expires_s < ours.session_expires_min_s {
        // A peer that does not know timers cannot repeat its request; a proxy asked for it.
        return if asked.is_supported { Err(TooSmall) } else { Ok(None) };
    }
    let refresher = match asked.refresher {
        Some(refresher) => refresher,
        None if asked.is_supported => Refresher::Them,
        None => Refresher::Us,
    };
    Ok(Some(Timer { expires_s, refresher }))
}

impl Timer {
    /// When we refresh or, if they do, give up: s after the last refresh (RFC 4028, 10).
    #[must_use]
    pub fn due_s(self) -> u64 {
        let expires_s = u64::from(self.expires_s);
        match self.refresher {
            Refresher::Us => expires_s / 2,
            Refresher::Them => expires_s.saturating_sub((expires_s / 3).min(32)),
        }
    }

    /// The value of Session-Expires in our answer, where "uac" is the side that asked; in a request of
    /// ours that is us.
    #[must_use]
    pub fn header(self, asks: Refresher) -> String {
        let side = if self.refresher == asks { "uac" } else { "uas" };
        format!("{};refresher={side}", self.expires_s)
    }
}

/// Reads `1800;refresher=uac`, as written in a request to us.
#[must_use]
pub fn read_expires(value: &str) -> (Option<u32>, Option<Refresher>) {
    let mut parts = value.split(';').map(str::trim);
    let expires_s = parts.next().and_then(|number| number.parse().ok());
    let refresher = parts.find_map(|part| match part.to_ascii_lowercase().as_str() {
        "refresher=uac" => Some(Refresher::Them),
        "refresher=uas" => Some(Refresher::Us),
        _ => None,
    });
    (expires_s, refresher)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(value: &str) -> Asked {
        let (expires_s, refresher) = read_expires(value);
        Asked { expires_s, refresher, min_s: None, is_supported: true }
    }

    #[test]
    fn the_side_that_asks_refreshes_unless_it_says_otherwise() {
        let ours = Sip::default();
        let timer = agree(asked("1800"), &ours).unwrap().unwrap();
        assert_eq!(
            (timer.header(Refresher::Them).as_str(), timer.due_s()),
            ("1800;refresher=uac", 1_768)
        );
        let timer = agree(asked("1800; refresher=UAS"), &ours).unwrap().unwrap();
        assert_eq!(
            (timer.header(Refresher::Them).as_str(), timer.due_s()),
            ("1800;refresher=uas", 900)
        );
        assert_eq!(timer.header(Refresher::Us), "1800;refresher=uac", "in our own request");
    }

    #[test]
    fn an_interval_under_ours_is_refused_only_to_who_can_ask_again() {
        let ours = Sip::default();
        assert_eq!(agree(asked("60"), &ours), Err(TooSmall));
        let by_proxy = Asked { is_supported: false, ..asked("60") };
        assert_eq!(agree(by_proxy, &ours), Ok(None));
    }

    #[test]
    fn a_peer_that_knows_timers_gets_one_and_another_does_not() {
        let ours = Sip::default();
        let knows = Asked { is_supported: true, ..Asked::default() };
        assert_eq!(agree(knows, &ours).unwrap().map(|timer| timer.expires_s), Some(1_800));
        assert_eq!(agree(Asked::default(), &ours), Ok(None));
    }
}
