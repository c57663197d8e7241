//! Reading a new call's INVITE: the line it is for, who calls, what it speaks, or why not.

use super::caller::{self, Caller, Named};
use super::sdp::{self, Agreed, Offer, SdpError};
use super::timer::{self, Asked, Timer};
use super::trunk::codes_of;
use crate::config::{Sip, TrunkSettings};
use crate::ids::LineId;
use crate::live::directory::Book;
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Header, Request};

/// Extensions of SIP a request may insist on.
const SUPPORTED: [&str; 1] = ["timer"];
/// The methods we answer to.
pub const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO";

/// A call that can be taken.
#[derive(Clone, Debug)]
pub struct Invite {
    pub line: LineId,
    pub caller: Caller,
    /// `None`: the caller waits for our offer, and answers with its ACK.
    pub offered: Option<(Offer, Agreed)>,
    pub timer: Option<Timer>,
}

/// A final answer other than 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: u16,
    pub headers: Vec<Header>,
}

impl Refused {
    #[must_use]
    pub const fn with(status: u16) -> Self {
        Self { status, headers: Vec::new() }
    }

    /// "Not now", and when.
    #[must_use]
    pub fn later(seconds: u32) -> Self {
        Self {
            status: 503,
            headers: vec![Header::Other("Retry-After".to_owned(), seconds.to_string())],
        }
    }
}

/// Reads an INVITE without a dialog.
///
/// # Errors
/// [`Refused`]: 404 unknown number, 420 unknown extension, 415, 488, 400 for its SDP, 422 its timer.
pub fn read(
    request: &Request,
    trunk: &TrunkSettings,
    book: &Book,
    settings: &Sip,
) -> Result<Invite, Refused> {
    check_required(request)?;
    let line = line_of(request, trunk, book).ok_or(Refused::with(404))?;
    let timer = agree_timer(request, settings)?;
    let offered = match read_body(request)? {
        None => None,
        Some(offer) => {
            let agreed = Agreed::on(&offer).map_err(refuse_sdp)?;
            Some((offer, agreed))
        }
    };
    Ok(Invite { line, caller: caller_of(request, trunk), offered, timer })
}

/// Refuses what the request insists on and we do not know, 100rel included.
///
/// # Errors
/// 420 with the list.
pub fn check_required(request: &Request) -> Result<(), Refused> {
    let required = values(request, "Require").flat_map(|value| value.split(','));
    let unknown: Vec<&str> = required
        .map(str::trim)
        .filter(|tag| !tag.is_empty() && !SUPPORTED.iter().any(|one| one.eq_ignore_ascii_case(tag)))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let headers = vec![Header::Unsupported(unknown.join(", ").into())];
    Err(Refused { status: 420, headers })
}

/// The session timer that a request leads to.
///
/// # Errors
/// 422 with our shortest.
pub fn agree_timer(request: &Request, settings: &Sip) -> Result<Option<Timer>, Refused> {
    let (expires_s, refresher) =
        values(request, "Session-Expires").next().map_or((None, None), timer::read_expires);
    let min_s = values(request, "Min-SE").next();
    let min_s = min_s.and_then(|value| value.split(';').next()?.trim().parse().ok());
    let mut supported = values(request, "Supported").flat_map(|value| value.split(','));
    let is_supported = supported.any(|tag| tag.trim().eq_ignore_ascii_case("timer"));
    let asked = Asked { expires_s, min_s, refresher, is_supported };
    timer::agree(asked, settings).map_err(|_| Refused {
        status: 422,
        headers: vec![Header::MinSE(settings.session_expires_min_s.to_string().into())],
    })
}

/// The description a request carries, if any.
///
/// # Errors
/// 415 for another kind of body, 400 and 488 for what it says.
pub fn read_body(request: &Request) -> Result<Option<Offer>, Refused> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let kind = values(request, "Content-Type").next().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/sdp") {
        let headers = vec![Header::Accept("application/sdp".into())];
        return Err(Refused { status: 415, headers });
    }
    sdp::read(&request.body).map(Some).map_err(refuse_sdp)
}

fn refuse_sdp(error: SdpError) -> Refused {
    Refused::with(match error {
        SdpError::Unreadable => 400,
        SdpError::NothingFits => 488,
    })
}

fn line_of(request: &Request, trunk: &TrunkSettings, book: &Book) -> Option<LineId> {
    // A trunk may write its own name into the address it sends to, and the number into To.
    let to = request.to_header().ok().and_then(|to| to.uri().ok());
    let called = [
        request.uri.user().map(str::to_owned),
        to.as_ref().and_then(|to| to.user().map(str::to_owned)),
    ];
    let called = called.into_iter().chain([Some(request.uri.host_with_port.host.to_string())]);
    let codes = called.flatten().flat_map(|user| {
        let user = user.split(';').next().unwrap_or_default().to_owned();
        codes_of(trunk, &user)
    });
    codes.into_iter().find_map(|code| book.line_by_code(&code).map(|face| face.line))
}

fn caller_of(request: &Request, trunk: &TrunkSettings) -> Caller {
    let headers: Vec<Named<'_>> = request
        .headers
        .iter()
        .filter(|header| CALLER_HEADERS.iter().any(|name| header.name().eq_ignore_ascii_case(name)))
        .map(|header| Named { name: header.name(), value: header.value() })
        .collect();
    caller::find(&headers, trunk)
}

const CALLER_HEADERS: [&str; 6] =
    ["P-Asserted-Identity", "Remote-Party-ID", "Diversion", "History-Info", "From", "Privacy"];

fn values<'a>(request: &'a Request, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = request.headers.iter().filter(move |one| one.name().eq_ignore_ascii_case(name));
    named.map(Header::value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::directory::LineFace;
    use rsipstack::sip::SipMessage;

    const LINE: LineId = LineId(3);

    fn book() -> Book {
        let face = LineFace {
            line: LINE,
            code: "12355".to_owned(),
            name: crate::live::directory::Bilingual::default(),
            owner: String::new(),
            greeting: crate::live::directory::Bilingual::default(),
            full_text: crate::live::directory::Bilingual::default(),
            crisis_numbers: Vec::new(),
            asks: Vec::new(),
        };
        Book::new(vec![face], Vec::new(), Vec::new())
    }

    fn invite(address: &str, to: &str, extra: &str, body: &str) -> Result<Invite, Refused> {
        let text = format!(
            "INVITE {address} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n\
             From: <sip:13800000001@b>;tag=1\r\nTo: <{to}>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n{extra}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let Ok(SipMessage::Request(request)) = SipMessage::try_from(text.as_bytes()) else {
            panic!()
        };
        read(&request, &TrunkSettings::loopback(), &book(), &Sip::default())
    }

    const SDP: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n";

    #[test]
    fn the_called_number_chooses_the_line() {
        for (address, to) in [
            ("sip:12355@h", "sip:x@h"),
            ("sip:+8612355@h;user=phone", "sip:x@h"),
            ("sip:trunk@h", "sip:12355@h"),
            ("tel:12355", "sip:x@h"),
        ] {
            assert_eq!(
                invite(address, to, "", "").map(|call| call.line),
                Ok(LINE),
                "{address} {to}"
            );
        }
        assert_eq!(invite("sip:99@h", "sip:98@h", "", "").unwrap_err().status, 404);
    }

    #[test]
    fn what_a_caller_insists_on_and_we_cannot_do_is_named() {
        let refused =
            invite("sip:12355@h", "sip:x@h", "Require: timer, 100rel\r\n", "").unwrap_err();
        assert_eq!(refused.status, 420);
        assert_eq!(refused.headers.first().map(Header::value), Some("100rel"));
    }

    #[test]
    fn a_body_we_cannot_use_says_why() {
        for (kind, body, status) in [
            ("application/sdp", "hello", 400),
            ("application/sdp; charset=x", &SDP.replace("AVP 8", "AVP 18"), 488),
            ("text/plain", "hello", 415),
        ] {
            let extra = format!("Content-Type: {kind}\r\n");
            assert_eq!(invite("sip:12355@h", "sip:x@h", &extra, body).unwrap_err().status, status);
        }
        let good = invite("sip:12355@h", "sip:x@h", "c: application/sdp\r\n", SDP);
        assert!(good.unwrap().offered.is_some());
    }

    #[test]
    fn a_timer_that_is_too_short_is_told_our_shortest() {
        let extra = "Session-Expires: 30\r\nSupported: timer\r\n";
        let refused = invite("sip:12355@h", "sip:x@h", extra, "").unwrap_err();
        assert_eq!((refused.status, refused.headers.first().map(Header::value)), (422, Some("90")));
    }
}
