//! Who really calls: the person's own number, as far as the network still knows it.
//!
//! A 400 number, a forwarding exchange or a private branch exchange may put its own number in place of
//! the caller's. A pure function over the headers finds the number, says whether it can be theirs, and
//! which hop lost it. The number leaves veiled and is for sealing only: it is written nowhere.
//! RFC 3325 (P-Asserted-Identity, Privacy), RFC 5806 (Diversion), RFC 7044 (History-Info).

use crate::config::{CallerHeader, TrunkSettings};
use crate::veil::{Pii, Purpose};

/// Headers one call may name identities in; more are not read.
const IDENTITIES_MAX: usize = 16;

/// What is known of the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Digits, with `+` if international. Only when `standing` is [`Standing::Real`].
    pub number: Option<Pii<String>>,
    pub standing: Standing,
    /// Where it was lost, if it was.
    pub lost_by: Option<Hop>,
}

/// Whether the number is the caller's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Real,
    /// Forwarded on the way, and the first caller's number did not come along.
    Forwarded,
    /// The caller, or somebody for them, asked that it not be shown; or there is none.
    Withheld,
}

impl Standing {
    /// For figures and screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Forwarded => "forwarded",
            Self::Withheld => "withheld",
        }
    }
}

/// Who lost the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hop {
    /// The caller's own wish (Privacy, anonymous).
    Caller,
    /// A forwarding switch, which shows its own number.
    Forwarding,
    /// The trunk: it names nobody.
    Trunk,
}

/// One header as the function needs it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    pub name: &'a str,
    pub value: &'a str,
}

/// Finds the caller.
#[must_use]
pub fn find(headers: &[Named<'_>], trunk: &TrunkSettings) -> Caller {
    let values = |name: &'static str| {
        let named = headers.iter().filter(move |one| one.name.eq_ignore_ascii_case(name));
        named.map(|one| one.value).take(IDENTITIES_MAX)
    };
    let diverted = diverted_from(values("Diversion"), values("History-Info"));
    let is_private = values("Privacy").any(asks_privacy)
        || values("Remote-Party-ID")
            .any(|value| value.to_ascii_lowercase().contains("privacy=full"));
    let mut saw_other = false;
    for header in &trunk.caller_from {
        let found = match header {
            CallerHeader::PAssertedIdentity => values("P-Asserted-Identity").find_map(identity),
            CallerHeader::RemotePartyId => values("Remote-Party-ID").find_map(identity),
            CallerHeader::From => values("From").find_map(identity),
        };
        let Some(number) = found else { continue };
        if is_the_hops_own(&number, trunk, &diverted) {
            saw_other = true;
            continue;
        }
        // An asserted number is known to the network even when it is not to be shown.
        return if is_private {
            Caller { number: None, standing: Standing::Withheld, lost_by: Some(Hop::Caller) }
        } else {
            let number = Some(Pii::new(number));
            Caller { number, standing: Standing::Real, lost_by: None }
        };
    }
    nobody(saw_other || !diverted.is_empty(), is_private || values("From").any(is_anonymous))
}

fn nobody(was_forwarded: bool, is_wished: bool) -> Caller {
    let (standing, lost_by) = match (was_forwarded, is_wished) {
        (_, true) => (Standing::Withheld, Hop::Caller),
        (true, false) => (Standing::Forwarded, Hop::Forwarding),
        (false, false) => (Standing::Withheld, Hop::Trunk),
    };
    Caller { number: None, standing, lost_by: Some(lost_by) }
}

/// Numbers that forwarded the call: never the caller's own.
fn diverted_from<'a>(
    diversion: impl Iterator<Item = &'a str>,
    history: impl Iterator<Item = &'a str>,
) -> Vec<String> {
    let diverting = diversion.flat_map(entries).filter_map(identity);
    // The last entry of a history is where the call is now; those before it were left.
    let history: Vec<&str> = history.flat_map(entries).collect();
    let left = history.len().saturating_sub(1);
    diverting
        .chain(history.into_iter().take(left).filter_map(identity))
        .take(IDENTITIES_MAX)
        .collect()
}

fn is_the_hops_own(number: &str, trunk: &TrunkSettings, diverted: &[String]) -> bool {
    let bare = number.trim_start_matches('+');
    let own = trunk.own_numbers.iter().any(|own| bare.starts_with(own.trim_start_matches('+')));
    own || diverted.iter().any(|other| {
        let other = other.trim_start_matches('+');
        // The same number with and without a country or area code.
        other == bare
            || (other.len() >= 7 && bare.ends_with(other))
            || (bare.len() >= 7 && other.ends_with(bare))
    })
}

/// The entries of a header that may hold several, cut at commas outside `<>` and quotes.
fn entries(value: &str) -> Vec<&str> {
    let (mut cut, mut start, mut in_quotes, mut depth) = (Vec::new(), 0, false, 0_u32);
    for (at, sign) in value.char_indices() {
        match sign {
            '"' => in_quotes = !in_quotes,
            '<' if !in_quotes => depth = depth.saturating_add(1),
            '>' if !in_quotes => depth = depth.saturating_sub(1),
            ',' if !in_quotes && depth == 0 => {
                cut.extend(value.get(start..at));
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    cut.extend(value.get(start..));
    cut
}

/// The digits of the first `sip:`, `sips:` or `tel:` address, if it is a telephone number.
fn identity(value: &str) -> Option<String> {
    let address = match value.rsplit_once('<') {
        Some((_, address)) => address.split('>').next()?,
        None => value.split(';').next()?,
    };
    let (scheme, rest) = address.trim().split_once(':')?;
    let user = match scheme.to_ascii_lowercase().as_str() {
        "tel" => rest,
        "sip" | "sips" => rest.rsplit_once('@')?.0,
        _ => return None,
    };
    let user = user.split([';', ':']).next()?;
    let digits: String = user.chars().filter(|sign| !"-.() ".contains(*sign)).collect();
    let bare = digits.strip_prefix('+').unwrap_or(&digits);
    let is_number =
        (3..=20).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(digits)
}

fn asks_privacy(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.split(';').any(|word| matches!(word.trim(), "id" | "user" | "header"))
}

fn is_anonymous(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    value.contains("anonymous") || value.contains("unavailable")
}

impl Caller {
    /// The number for recognising and sealing; the one way to it.
    #[must_use]
    pub fn reveal_for_sealing(&self) -> Option<&str> {
        self.number.as_ref().map(|number| number.reveal(Purpose::Store).as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(headers: &[(&str, &str)]) -> Caller {
        let named: Vec<_> = headers.iter().map(|(name, value)| Named { name, value }).collect();
        let mut trunk = TrunkSettings::loopback();
        trunk.own_numbers.push("4009151095".to_owned());
        find(&named, &trunk)
    }

    fn real(number: &str) -> Caller {
        Caller {
            number: Some(Pii::new(number.to_owned())),
            standing: Standing::Real,
            lost_by: None,
        }
    }

    #[test]
    fn what_the_network_asserts_wins_over_what_the_telephone_says() {
        let found = caller(&[
            ("From", "\"x\" <sip:10086@a>;tag=1"),
            ("P-Asserted-Identity", "<sip:+8613800000001@ims.example;user=phone>"),
        ]);
        assert_eq!(found, real("+8613800000001"));
    }

    #[test]
    fn a_tel_address_with_its_context_is_a_number() {
        let found = caller(&[("P-Asserted-Identity", "<tel:0795-320-0001;phone-context=+86>")]);
        assert_eq!(found, real("07953200001"));
    }

    #[test]
    fn a_forwarding_switch_that_shows_its_own_number_lost_the_callers() {
        let found = caller(&[
            ("From", "<sip:07951234567@a>;tag=1"),
            ("Diversion", "<sip:+8607951234567@a>;reason=unconditional"),
        ]);
        assert_eq!(found.standing, Standing::Forwarded);
        assert_eq!((found.number, found.lost_by), (None, Some(Hop::Forwarding)));
    }

    #[test]
    fn a_forwarded_call_whose_caller_came_along_is_real() {
        let found = caller(&[
            ("From", "<sip:4009151095@a>;tag=1"),
            ("P-Asserted-Identity", "<sip:13800000001@a>"),
            ("History-Info", "<sip:4009151095@a>;index=1, <sip:12355@b>;index=1.1"),
        ]);
        assert_eq!(found, real("13800000001"));
    }

    #[test]
    fn our_own_number_is_never_the_callers() {
        let found = caller(&[("From", "<sip:+4009151095@a>;tag=1")]);
        assert_eq!((found.standing, found.lost_by), (Standing::Forwarded, Some(Hop::Forwarding)));
    }

    #[test]
    fn a_number_that_is_not_to_be_shown_is_not_taken() {
        for hide in [("Privacy", "id;critical"), ("Remote-Party-ID", "<sip:1@a>;privacy=full")] {
            let found = caller(&[("P-Asserted-Identity", "<sip:13800000001@a>"), hide]);
            assert_eq!((found.standing, found.number), (Standing::Withheld, None), "{hide:?}");
            assert_eq!(found.lost_by, Some(Hop::Caller));
        }
        let found = caller(&[("From", "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1")]);
        assert_eq!((found.standing, found.lost_by), (Standing::Withheld, Some(Hop::Caller)));
    }

    #[test]
    fn a_trunk_that_names_nobody_lost_it() {
        let found = caller(&[("From", "<sip:gateway@a>;tag=1")]);
        assert_eq!((found.standing, found.lost_by), (Standing::Withheld, Some(Hop::Trunk)));
    }

    #[test]
    fn a_caller_never_prints() {
        assert!(!format!("{:?}", real("13800000001")).contains("1380000"));
    }

    #[test]
    fn a_comma_in_a_name_is_no_second_entry() {
        assert_eq!(entries("\"a, b\" <sip:1@c>, <sip:2@c;x=1,2>").len(), 2);
    }
}
