//! What stands between the network and the SIP stack: every datagram is judged before the stack
//! sees it.
//!
//! The stack drops a whole call when one header is not UTF-8, ignores a body without Content-Length,
//! and takes several Content-Lengths, a CSeq of another method and other protocol versions. Here such a
//! message is mended where its meaning is plain, and refused where it is not. Pure: bytes in, a
//! verdict out. RFC 3261 (7, 8.1.1, 18.3, 21), RFC 4475.

use super::message::{Cut, Name};
use super::reply;
use std::borrow::Cow;
use std::hash::Hasher;

/// The stack's own limit of one datagram, bytes; what is as long may have been cut off.
pub const DATAGRAM_BYTES_MAX: usize = 8_192;

/// What to do with a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// For the stack, mended if need be.
    Pass { message: Cow<'a, [u8]>, kind: Kind },
    /// Answered from here; the stack never hears of it.
    Refuse { answer: Vec<u8>, status: u16 },
    /// A keep-alive, to be answered with one line end (RFC 5626, 3.5.1).
    Ping,
    /// Nobody could answer it, or nobody should.
    Drop,
}

/// What kind of message passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A new call. The key is the same for its retransmissions.
    Invite {
        key: u64,
    },
    Other,
}

/// Judges one datagram of a trunk.
#[must_use]
pub fn judge(datagram: &[u8]) -> Verdict<'_> {
    if datagram.len() >= DATAGRAM_BYTES_MAX {
        return Verdict::Drop;
    }
    if datagram.iter().all(u8::is_ascii_whitespace) {
        return if datagram == b"\r\n\r\n" { Verdict::Ping } else { Verdict::Drop };
    }
    let Ok(cut) = Cut::of(datagram) else { return Verdict::Drop };
    let is_response =
        cut.first_line.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"SIP/"));
    let judged = if is_response { judge_response(&cut) } else { judge_request(&cut) };
    match judged {
        Ok(kind) => Verdict::Pass { message: mend(datagram, &cut), kind },
        Err(Fault::Unanswerable) => Verdict::Drop,
        Err(Fault::Answer(status)) => {
            Verdict::Refuse { answer: reply::to(&cut, status, None), status }
        }
    }
}

/// The answer to a request that passed, when the house takes no more.
#[must_use]
pub fn refuse_overload(message: &[u8], retry_after_s: u32) -> Option<Vec<u8>> {
    let cut = Cut::of(message).ok()?;
    Some(reply::to(&cut, 503, Some(retry_after_s)))
}

/// The port answers go to: where the request came from if it asks so or does not say (RFC 3581).
#[must_use]
pub fn reply_port(message: &[u8], source_port: u16) -> u16 {
    let via = Cut::of(message).ok().and_then(|cut| cut.value(Name::VIA).map(<[u8]>::to_vec));
    let Some(via) = via.and_then(|via| String::from_utf8(via).ok()) else { return source_port };
    let first = via.split(',').next().unwrap_or_default();
    if first.to_ascii_lowercase().contains(";rport") {
        return source_port;
    }
    let sent_by = first.split(';').next().unwrap_or_default();
    let host = sent_by.split_ascii_whitespace().nth(1).unwrap_or_default();
    let port = host.rsplit_once(':').and_then(|(_, port)| port.trim().parse().ok());
    port.unwrap_or(source_port)
}

enum Fault {
    Answer(u16),
    Unanswerable,
}

fn judge_response(cut: &Cut<'_>) -> Result<Kind, Fault> {
    let is_ours = cut.first_line.starts_with(b"SIP/2.0 ");
    let is_whole = MANDATORY.iter().all(|name| cut.value(*name).is_some());
    if !is_ours || !is_whole || body_length(cut).is_none() {
        return Err(Fault::Unanswerable);
    }
    Ok(Kind::Other)
}

const MANDATORY: [Name; 5] = [Name::VIA, Name::FROM, Name::TO, Name::CALL_ID, Name::CSEQ];

fn judge_request(cut: &Cut<'_>) -> Result<Kind, Fault> {
    let mut words = cut.first_line.split(|byte| *byte == b' ');
    let (Some(method), Some(uri), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(answerable(cut, 400));
    };
    let is_ack = method == b"ACK";
    let wrong = |status| if is_ack { Fault::Unanswerable } else { answerable(cut, status) };
    if !version.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"SIP/")) {
        return Err(Fault::Unanswerable);
    }
    if version != b"SIP/2.0" {
        return Err(wrong(505));
    }
    if uri.is_empty()
        || uri.first() == Some(&b'<')
        || MANDATORY.iter().any(|name| cut.value(*name).is_none())
    {
        return Err(wrong(400));
    }
    let is_one_of_each = MANDATORY.iter().skip(1).all(|name| cut.values(*name).count() == 1);
    if !is_one_of_each || !cseq_is_of(cut, method) {
        return Err(wrong(400));
    }
    if body_length(cut).is_none() {
        return Err(wrong(400));
    }
    match hops_left(cut) {
        Some(0) => return Err(wrong(483)),
        None => return Err(wrong(400)),
        Some(_) => {}
    }
    let is_new = method == b"INVITE" && !cut.value(Name::TO).is_some_and(has_tag);
    Ok(if is_new { Kind::Invite { key: key_of(cut) } } else { Kind::Other })
}

/// An answer needs somewhere to go and something to be recognised by.
fn answerable(cut: &Cut<'_>, status: u16) -> Fault {
    let known = MANDATORY.iter().all(|name| cut.value(*name).is_some());
    if known { Fault::Answer(status) } else { Fault::Unanswerable }
}

/// The number is at most 2³¹ − 1 and the method the request's own.
fn cseq_is_of(cut: &Cut<'_>, method: &[u8]) -> bool {
    let Some(value) = cut.value(Name::CSEQ) else { return false };
    let mut words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (Some(number), Some(name), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    number_of(number).is_some_and(|number| number < 1 << 31) && name == method
}

/// How long the body is: as stated, or all that follows (RFC 3261, 18.3). `None` if it is stated more
/// than once, as no number, or as more than came.
fn body_length(cut: &Cut<'_>) -> Option<usize> {
    let mut values = cut.values(Name::CONTENT_LENGTH);
    let Some(value) = values.next() else { return Some(cut.body.len()) };
    if values.next().is_some() {
        return None;
    }
    let length = number_of(value).and_then(|number| usize::try_from(number).ok());
    length.filter(|length| *length <= cut.body.len())
}

/// Not stated is far enough (RFC 3261, 8.1.1.6). `None` if it is no number from 0 to 255.
fn hops_left(cut: &Cut<'_>) -> Option<u64> {
    let Some(value) = cut.value(Name::MAX_FORWARDS) else { return Some(70) };
    number_of(value).filter(|number| *number <= 255)
}

fn number_of(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 10 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Whether a To or From names its side of a dialog.
#[must_use]
pub fn has_tag(value: &[u8]) -> bool {
    let params = value.iter().rposition(|byte| *byte == b'>').map_or(0, |at| at.saturating_add(1));
    let params = value.get(params..).unwrap_or_default().to_ascii_lowercase();
    params.split(|byte| *byte == b';').any(|param| param.trim_ascii().starts_with(b"tag="))
}

/// The same for a request and its retransmissions, other for any other request.
fn key_of(cut: &Cut<'_>) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    for name in [Name::VIA, Name::CALL_ID, Name::CSEQ, Name::FROM] {
        hasher.write(cut.value(name).unwrap_or_default());
        hasher.write_u8(0);
    }
    hasher.finish()
}

/// The message as the stack reads it: UTF-8, one line a header, one Content-Length that is true.
fn mend<'a>(datagram: &'a [u8], cut: &Cut<'_>) -> Cow<'a, [u8]> {
    let head = datagram.get(cut.head.clone()).unwrap_or_default();
    let length = body_length(cut).unwrap_or(cut.body.len());
    let is_stated = cut.value(Name::CONTENT_LENGTH).is_some();
    let is_plain = cut.head.start == 0
        && is_stated
        && length == cut.body.len()
        && std::str::from_utf8(head).is_ok()
        && cut.fields.iter().all(|field| !field.value.iter().any(|byte| b"\r\n".contains(byte)));
    if is_plain {
        return Cow::Borrowed(datagram);
    }
    let body = cut.body.get(..length).unwrap_or_default();
    let mut out = Vec::with_capacity(datagram.len().saturating_add(64));
    push_line(&mut out, cut.first_line);
    for field in &cut.fields {
        if field.name.eq_ignore_ascii_case(b"Content-Length")
            || field.name.eq_ignore_ascii_case(b"l")
        {
            continue;
        }
        out.extend_from_slice(field.name);
        out.extend_from_slice(b": ");
        push_line(&mut out, field.value);
    }
    out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    out.extend_from_slice(body);
    if out.len() >= DATAGRAM_BYTES_MAX { Cow::Borrowed(datagram) } else { Cow::Owned(out) }
}

/// One line: folds become spaces, bytes that are no UTF-8 become U+FFFD. A name in another encoding is
/// lost, the call is not.
fn push_line(out: &mut Vec<u8>, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    let bytes = text.bytes().map(|byte| if b"\r\n".contains(&byte) { b' ' } else { byte });
    out.extend(bytes);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
        To: <sip:12355@c>\r\nCall-ID: x@y\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";

    fn invite(extra: &str, body: &str) -> Vec<u8> {
        format!("INVITE sip:12355@c SIP/2.0\r\n{HEAD}{extra}\r\n{body}").into_bytes()
    }

    fn passed(datagram: &[u8]) -> String {
        match judge(datagram) {
            Verdict::Pass { message, .. } => String::from_utf8(message.into_owned()).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    fn status(datagram: &[u8]) -> Option<u16> {
        match judge(datagram) {
            Verdict::Refuse { status, .. } => Some(status),
            _ => None,
        }
    }

    #[test]
    fn a_good_message_passes_untouched() {
        let good = invite("Content-Length: 3\r\n", "abc");
        let Verdict::Pass { message, kind } = judge(&good) else { panic!() };
        assert!(matches!(message, Cow::Borrowed(_)));
        assert!(matches!(kind, Kind::Invite { .. }));
    }

    #[test]
    fn a_body_without_a_length_gets_one() {
        assert!(passed(&invite("", "v=0\r\n")).ends_with("Content-Length: 5\r\n\r\nv=0\r\n"));
    }

    #[test]
    fn a_name_that_is_no_utf_8_does_not_lose_the_call() {
        let mut gbk = invite("", "");
        let name = gbk.windows(5).position(|window| window == b"From:").unwrap();
        gbk.splice(name + 6..name + 6, *b"\"\xd0\xc4\xc7\xc5\" ");
        let mended = passed(&gbk);
        assert!(mended.contains("From: \"\u{fffd}") && mended.contains("\" <sip:a@b>;tag=1\r\n"));
        assert!(mended.contains("To: <sip:12355@c>"), "what follows it is kept");
    }

    #[test]
    fn folded_headers_become_one_line() {
        assert!(passed(&invite("Subject: a\r\n b\r\n", "")).contains("Subject: a   b\r\n"));
    }

    #[test]
    fn what_follows_the_stated_length_is_cut_off() {
        assert!(passed(&invite("l: 1\r\n", "abc")).ends_with("Content-Length: 1\r\n\r\na"));
    }

    #[test]
    fn what_says_two_things_is_refused() {
        for wrong in [
            "Content-Length: 0\r\nl: 5\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 99\r\n",
            "Call-ID: second\r\n",
            "CSeq: 2 INVITE\r\n",
            "To: <sip:b@c>\r\n",
        ] {
            assert_eq!(status(&invite(wrong, "abc")), Some(400), "{wrong}");
        }
    }

    #[test]
    fn a_request_with_a_wrong_first_line_or_cseq_is_refused() {
        let good = String::from_utf8(invite("", "")).unwrap();
        for (from, to, expected) in [
            ("CSeq: 1 INVITE", "CSeq: 1 OPTIONS", 400),
            ("CSeq: 1 INVITE", "CSeq: 36893488147419103232 INVITE", 400),
            ("sip:12355@c SIP/2.0\r\n", "sip:12355@c SIP/7.0\r\n", 505),
            ("INVITE sip:12355@c", "INVITE  sip:12355@c", 400),
            ("INVITE sip:12355@c", "INVITE <sip:12355@c>", 400),
            ("Max-Forwards: 70", "Max-Forwards: 0", 483),
            ("Max-Forwards: 70", "Max-Forwards: 300", 400),
        ] {
            assert_eq!(status(good.replace(from, to).as_bytes()), Some(expected), "{to}");
        }
    }

    #[test]
    fn nothing_answers_an_ack_a_response_or_what_cannot_be_answered() {
        let ack = String::from_utf8(invite("l: 9\r\n", "")).unwrap().replace("INVITE", "ACK");
        assert_eq!(judge(ack.as_bytes()), Verdict::Drop);
        let answer = format!("SIP/2.0 200 OK\r\n{HEAD}Content-Length: 9\r\n\r\n");
        assert_eq!(judge(answer.as_bytes()), Verdict::Drop);
        let from_nobody = invite("", "").iter().skip(1).copied().collect::<Vec<_>>();
        let from_nobody = String::from_utf8(from_nobody).unwrap().replace("Via", "Vxx");
        assert_eq!(judge(from_nobody.as_bytes()), Verdict::Drop);
        assert_eq!(judge(&vec![b'x'; 65_000]), Verdict::Drop);
        assert_eq!(judge(b"\r\n\r\n"), Verdict::Ping);
        assert_eq!(judge(b"\r\n"), Verdict::Drop);
    }

    #[test]
    fn a_refusal_carries_what_the_caller_needs_to_recognise_it() {
        let Verdict::Refuse { answer, .. } = judge(&invite("l: 1\r\nl: 1\r\n", "a")) else {
            panic!()
        };
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP 192.0.2.1:5070"));
        assert!(answer.contains("To: <sip:12355@c>;tag=") && answer.contains("CSeq: 1 INVITE\r\n"));
    }

    #[test]
    fn an_overloaded_house_says_when_to_try_again() {
        let answer = refuse_overload(&invite("", ""), 7).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("SIP/2.0 503 ") && answer.contains("\r\nRetry-After: 7\r\n"));
    }

    #[test]
    fn a_request_within_a_dialog_is_no_new_call() {
        let within = String::from_utf8(invite("", "")).unwrap();
        let within = within.replace("To: <sip:12355@c>", "To: <sip:12355@c>;tag=ours");
        assert!(matches!(judge(within.as_bytes()), Verdict::Pass { kind: Kind::Other, .. }));
    }

    #[test]
    fn answers_go_where_the_request_asks() {
        assert_eq!(reply_port(&invite("", ""), 9), 5_070);
        let rport = String::from_utf8(invite("", "")).unwrap().replace(";branch", ";rport;branch");
        assert_eq!(reply_port(rport.as_bytes(), 9), 9);
    }

    proptest! {
        /// Whatever comes: no panic, and what passes is UTF-8 above its body, with one true length.
        #[test]
        fn whatever_passes_is_whole(
            cuts in prop::collection::vec((0_usize..400, any::<u8>(), 0_u8..3), 0..12),
        ) {
            let mut datagram = invite("Content-Length: 3\r\nSubject: \u{5fc3}\r\n", "abc");
            for (at, byte, how) in cuts {
                let at = at % datagram.len().max(1);
                match how {
                    0 => datagram[at] = byte,
                    1 => datagram.insert(at, byte),
                    _ => { datagram.remove(at); }
                }
            }
            if let Verdict::Pass { message, .. } = judge(&datagram) {
                let cut = Cut::of(&message).expect("what passes can be cut again");
                prop_assert!(std::str::from_utf8(&message[cut.head.clone()]).is_ok());
                prop_assert!(cut.value(Name::CONTENT_LENGTH).is_some());
                prop_assert_eq!(body_length(&cut), Some(cut.body.len()));
            }
        }

        #[test]
        fn random_bytes_are_never_answered_with_more_than_came(
            bytes in prop::collection::vec(any::<u8>(), 0..2_000),
        ) {
            if let Verdict::Refuse { answer, .. } = judge(&bytes) {
                prop_assert!(answer.len() <= bytes.len() + 200);
            }
        }
    }
}
