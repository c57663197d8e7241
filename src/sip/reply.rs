//! Answers made from a request alone, with nothing kept (RFC 3261, 8.2.6 and 8.2.7).

use super::message::{Cut, Name};
use super::shim::has_tag;
use std::hash::Hasher;

/// An answer to `request`.
#[must_use]
pub fn to(request: &Cut<'_>, status: u16, retry_after_s: Option<u32>) -> Vec<u8> {
    let mut out = format!("SIP/2.0 {status} {}\r\n", phrase(status)).into_bytes();
    for via in request.values(Name::VIA) {
        header(&mut out, "Via", via);
    }
    for (name, value) in [("From", Name::FROM), ("To", Name::TO), ("Call-ID", Name::CALL_ID)] {
        let Some(value) = request.value(value) else { continue };
        header(&mut out, name, value);
        if name == "To" && !has_tag(value) {
            out.truncate(out.len().saturating_sub(2));
            out.extend_from_slice(format!(";tag={}\r\n", tag_of(request)).as_bytes());
        }
    }
    if let Some(value) = request.value(Name::CSEQ) {
        header(&mut out, "CSeq", value);
    }
    if let Some(seconds) = retry_after_s {
        header(&mut out, "Retry-After", seconds.to_string().as_bytes());
    }
    out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
    out
}

fn header(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend(value.iter().map(|byte| if b"\r\n".contains(byte) { b' ' } else { *byte }));
    out.extend_from_slice(b"\r\n");
}

/// The same for every retransmission of the request, so that nothing must be remembered.
fn tag_of(request: &Cut<'_>) -> String {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(request.value(Name::CALL_ID).unwrap_or_default());
    hasher.write(request.value(Name::FROM).unwrap_or_default());
    format!("{:016x}", hasher.finish())
}

const fn phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        483 => "Too Many Hops",
        503 => "Service Unavailable",
        505 => "Version Not Supported",
        _ => "Refused",
    }
}
