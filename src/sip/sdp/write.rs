//! Writing what we describe: one voice line at 20 ms.

use super::read::Offer;
use super::{Agreed, Ours};
use crate::media::Direction;
use crate::media::g711::Law;
use std::fmt::Write;
use std::net::IpAddr;

/// The payload type of keys in our own offers; the usual one.
const KEYS: u8 = 101;

/// The answer to `offer`: the agreed voice line, every other line refused with port 0.
#[must_use]
pub fn answer(ours: &Ours, offer: &Offer, agreed: &Agreed) -> Vec<u8> {
    let mut text = head(ours);
    for (index, line) in offer.media.iter().enumerate() {
        if index == offer.voice {
            voice(&mut text, ours, &[agreed.law], agreed.keys, agreed.direction);
        } else {
            let _ = write!(text, "m={} 0 {} {}\r\n", line.kind, line.protocol, line.formats);
        }
    }
    text.into_bytes()
}

/// Our own offer, `first` before the other law.
#[must_use]
pub fn offer(ours: &Ours, first: Law, direction: Direction) -> Vec<u8> {
    let laws = match first {
        Law::A => [Law::A, Law::Mu],
        Law::Mu => [Law::Mu, Law::A],
    };
    let mut text = head(ours);
    voice(&mut text, ours, &laws, Some(KEYS), direction);
    text.into_bytes()
}

fn head(ours: &Ours) -> String {
    let Ours { address, session, version } = ours;
    let family = family(address.ip());
    let host = address.ip();
    format!(
        "v=0\r\no=xinqiao {session} {version} IN {family} {host}\r\ns=-\r\n\
         c=IN {family} {host}\r\nt=0 0\r\n"
    )
}

const fn family(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "IP4" } else { "IP6" }
}

fn voice(text: &mut String, ours: &Ours, laws: &[Law], keys: Option<u8>, direction: Direction) {
    let _ = write!(text, "m=audio {} RTP/AVP", ours.address.port());
    for law in laws {
        let _ = write!(text, " {}", number_and_name(*law).0);
    }
    if let Some(keys) = keys {
        let _ = write!(text, " {keys}");
    }
    text.push_str("\r\n");
    for (number, name) in laws.iter().map(|law| number_and_name(*law)) {
        let _ = write!(text, "a=rtpmap:{number} {name}/8000\r\n");
    }
    if let Some(keys) = keys {
        let _ = write!(text, "a=rtpmap:{keys} telephone-event/8000\r\na=fmtp:{keys} 0-15\r\n");
    }
    let way = match direction {
        Direction::Both => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::ReceiveOnly => "recvonly",
        Direction::Inactive => "inactive",
    };
    let _ = write!(text, "a=ptime:20\r\na={way}\r\n");
}

const fn number_and_name(law: Law) -> (u8, &'static str) {
    match law {
        Law::A => (8, "PCMA"),
        Law::Mu => (0, "PCMU"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SdpError, read};
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n";

    fn ours() -> Ours {
        Ours { address: "198.51.100.1:20000".parse().unwrap(), session: 7, version: 1 }
    }

    fn agreed(media: &str) -> Result<Agreed, SdpError> {
        read(format!("{HEAD}{media}").as_bytes()).and_then(|offer| Agreed::on(&offer))
    }

    fn answered(media: &str) -> String {
        let offer = read(format!("{HEAD}{media}").as_bytes()).unwrap();
        let agreed = Agreed::on(&offer).unwrap();
        String::from_utf8(answer(&ours(), &offer, &agreed)).unwrap()
    }

    #[test]
    fn the_first_law_the_trunk_names_is_taken_with_its_number_for_keys() {
        let found =
            agreed("m=audio 4000 RTP/AVP 18 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n");
        let remote = "192.0.2.9:4000".parse().ok();
        let direction = Direction::Both;
        assert_eq!(found, Ok(Agreed { law: Law::Mu, keys: Some(96), remote, direction }));
    }

    #[test]
    fn an_answer_names_one_law_and_twenty_milliseconds() {
        let text = answered("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n");
        assert!(text.contains("c=IN IP4 198.51.100.1\r\n"));
        assert!(text.contains("m=audio 20000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n"));
        assert!(text.ends_with("a=ptime:20\r\na=sendrecv\r\n"));
    }

    #[test]
    fn nothing_we_speak_is_no_answer() {
        for media in [
            "",
            "m=audio 4000 RTP/AVP 18 3\r\n",
            "m=audio 4000 RTP/SAVP 8\r\n",
            "m=audio 0 RTP/AVP 8\r\n",
            "m=video 4000 RTP/AVP 8\r\n",
            "m=audio 4000 RTP/AVP 8\r\na=rtpmap:8 opus/48000/2\r\n",
        ] {
            assert_eq!(agreed(media), Err(SdpError::NothingFits), "{media}");
        }
    }

    #[test]
    fn what_is_no_description_is_said_so() {
        for body in
            ["", "hello", "v=1\r\n", "v=0\r\nm=audio\r\n", "v=0\r\nm=audio 99999 RTP/AVP 8\r\n"]
        {
            assert_eq!(read(body.as_bytes()).err(), Some(SdpError::Unreadable), "{body}");
        }
    }

    #[test]
    fn holding_is_answered_with_its_mirror() {
        for (offered, answer, direction) in [
            ("sendonly", "recvonly", Direction::ReceiveOnly),
            ("recvonly", "sendonly", Direction::SendOnly),
            ("inactive", "inactive", Direction::Inactive),
        ] {
            let media = format!("m=audio 4000 RTP/AVP 8\r\na={offered}\r\n");
            assert_eq!(agreed(&media).unwrap().direction, direction);
            assert!(answered(&media).ends_with(&format!("a={answer}\r\n")));
        }
    }

    #[test]
    fn an_address_of_zeros_is_a_hold_with_nowhere_to_send() {
        let found = agreed("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\n").unwrap();
        assert_eq!((found.remote, found.direction), (None, Direction::ReceiveOnly));
    }

    #[test]
    fn other_lines_are_refused_in_their_place() {
        let text = answered(
            "m=video 5000 RTP/AVP 96\r\nc=IN IP4 203.0.113.1\r\na=inactive\r\nm=audio 4000 RTP/AVP 8\r\n",
        );
        let video = text.find("m=video 0 RTP/AVP 96\r\n").unwrap();
        assert!(video < text.find("m=audio 20000 RTP/AVP 8\r\n").unwrap());
        assert!(text.ends_with("a=sendrecv\r\n"), "the video's hold is not the voice's");
    }

    #[test]
    fn a_thousand_lines_cost_no_more_than_the_first_five_hundred() {
        let many = format!("m=audio 4000 RTP/AVP 8\r\n{}a=inactive\r\n", "a=x\r\n".repeat(1_000));
        assert_eq!(agreed(&many).unwrap().direction, Direction::Both);
        let media = "m=audio 4000 RTP/AVP 8\r\n".repeat(100);
        assert_eq!(agreed(&media), Err(SdpError::NothingFits));
    }

    #[test]
    fn our_own_offer_can_be_answered_by_ourselves() {
        let bytes = offer(&ours(), Law::Mu, Direction::SendOnly);
        let found = Agreed::on(&read(&bytes).unwrap()).unwrap();
        assert_eq!((found.law, found.keys), (Law::Mu, Some(KEYS)));
        assert_eq!(found.direction, Direction::ReceiveOnly);
    }

    proptest! {
        #[test]
        fn whatever_is_offered_is_answered_line_for_line_or_not_at_all(
            media in prop::collection::vec("(m=(audio|video) [0-9]{1,6} (RTP/AVP|UDP)( [0-9]{1,3}){0,4}|c=IN IP[46] [0-9.:]{1,12}|a=[a-z:/0-9 ]{0,20})", 0..20),
        ) {
            let text = format!("{HEAD}{}\r\n", media.join("\r\n"));
            let Ok(offer) = read(text.as_bytes()) else { return Ok(()) };
            let Ok(agreed) = Agreed::on(&offer) else { return Ok(()) };
            let text = String::from_utf8(answer(&ours(), &offer, &agreed)).unwrap();
            prop_assert_eq!(text.matches("m=").count(), offer.media.len());
        }
    }
}
