//! The packet path in virtual time: what everybody hears, packet by packet.

use super::*;
use crate::media::digit::Digit;
use crate::media::leg::Direction;

const SEEKER: LegId = LegId(1);
const COUNSELOR: LegId = LegId(2);
const SUPERVISOR: LegId = LegId(3);
const CONTACT: ContactId = ContactId::from_number(1);
const KEYS: u8 = 101;

fn address(leg: LegId) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, u8::try_from(leg.0).unwrap()], 4_000))
}

/// Everything that was sent, by key.
#[derive(Default)]
struct Sent(Vec<(usize, SocketAddr, Vec<u8>)>);

impl Sink for Sent {
    fn send(&mut self, key: usize, to: SocketAddr, packet: &[u8]) {
        self.0.push((key, to, packet.to_vec()));
    }
}

/// A machine, its clock, and what came out.
struct Stage {
    exchange: Exchange,
    at: At,
    sent: Sent,
    events: Vec<(LegId, LegEvent)>,
    seqs: FxHashMap<LegId, u16>,
}

impl Stage {
    fn new() -> Self {
        // Music is a sawtooth of its own frames, so that a frame is known by its first byte.
        let samples: Vec<i16> = (0..50).flat_map(|frame| [frame * 100 + 1_000; 160]).collect();
        Self {
            exchange: Exchange::new(Arc::new(Clip::of_samples(&samples)), 3_000),
            at: At(10_000),
            sent: Sent::default(),
            events: Vec::new(),
            seqs: FxHashMap::default(),
        }
    }

    fn with(legs: &[(LegId, Side, Law)]) -> Self {
        let mut stage = Self::new();
        for (leg, side, law) in legs {
            stage.open(*leg, *law);
            stage.exchange.seat(*leg, CONTACT, *side);
        }
        stage
    }

    fn talking() -> Self {
        let mut stage =
            Self::with(&[(SEEKER, Side::Seeker, Law::A), (COUNSELOR, Side::Counselor, Law::A)]);
        stage.exchange.stage(CONTACT, TalkStage::Talking);
        stage
    }

    fn open(&mut self, leg: LegId, law: Law) -> usize {
        let out = Outgoing::new(u32::try_from(leg.0).unwrap(), 0, 0);
        let key = self.exchange.open(leg, out, self.at);
        let aim = Aim { remote: Some(address(leg)), law, keys: Some(KEYS), ..Aim::default() };
        self.exchange.aim(leg, aim, self.at);
        key
    }

    /// The leg says 20 ms of `level`.
    fn speak(&mut self, leg: LegId, law: Law, level: i16) {
        self.utter(leg, address(leg), law.payload_type(), &[law.encode(level); 160]);
    }

    fn utter(&mut self, leg: LegId, from: SocketAddr, payload_type: u8, payload: &[u8]) {
        let seq = self.seqs.entry(leg).or_insert(100);
        *seq += 1;
        let header = Header {
            marker: false,
            payload_type,
            seq: *seq,
            timestamp: u32::from(*seq) * 160,
            ssrc: 900 + u32::try_from(leg.0).unwrap(),
        };
        let mut packet = header.write().to_vec();
        packet.extend(payload);
        let key = self.exchange.keys[&leg];
        self.exchange.packet(key, from, &mut packet, self.at, &mut self.sent);
        self.events.extend(self.exchange.drain_events());
    }

    fn pass(&mut self, ms: i64) {
        for _ in 0..ms / 5 {
            self.at = self.at + 5;
            self.exchange.tick(self.at, &mut self.sent);
        }
        self.events.extend(self.exchange.drain_events());
    }

    /// What a leg was sent since last asked: header and the level of the first sample.
    fn heard(&mut self, leg: LegId) -> Vec<(Header, i16)> {
        let key = self.exchange.keys[&leg];
        let (mine, others) =
            std::mem::take(&mut self.sent.0).into_iter().partition(|one| one.0 == key);
        self.sent.0 = others;
        let mine: Vec<(usize, SocketAddr, Vec<u8>)> = mine;
        mine.into_iter()
            .map(|(_, to, packet)| {
                assert_eq!(to.ip(), address(leg).ip());
                let (header, payload) = rtp::read(&packet).unwrap();
                let law = Law::of_payload_type(header.payload_type).unwrap_or_default();
                (header, law.decode(packet[payload.start]))
            })
            .collect()
    }

    fn levels(&mut self, leg: LegId) -> Vec<i16> {
        self.heard(leg).into_iter().map(|(_, level)| level).collect()
    }
}

fn near(one: i16, other: i16) -> bool {
    (i32::from(one) - i32::from(other)).abs() <= i32::from(other).abs() / 16 + 16
}

/// One stream: no gap in the count, the clock moves on, and a marker only where something begins.
fn assert_one_stream(heard: &[(Header, i16)]) {
    for pair in heard.windows(2) {
        let ((one, _), (next, _)) = (&pair[0], &pair[1]);
        assert_eq!(next.seq, one.seq.wrapping_add(1), "{one:?} then {next:?}");
        assert_eq!(next.ssrc, one.ssrc);
        let step = next.timestamp.wrapping_sub(one.timestamp);
        assert!((160..=480).contains(&step), "{one:?} then {next:?}");
    }
}

#[test]
fn who_waits_hears_music_unbroken() {
    let mut stage = Stage::with(&[(SEEKER, Side::Seeker, Law::A)]);
    stage.pass(1_000);
    let heard = stage.heard(SEEKER);
    assert!((49..=51).contains(&heard.len()), "{}", heard.len());
    assert_one_stream(&heard);
    assert!(heard[0].0.marker && heard[1..].iter().all(|(header, _)| !header.marker));
}

#[test]
fn all_who_wait_hear_the_same_frame_at_the_same_time() {
    let mut stage = Stage::new();
    for number in 1..=20 {
        let leg = LegId(number);
        stage.open(leg, if number % 2 == 0 { Law::A } else { Law::Mu });
        stage.exchange.seat(leg, ContactId::from_number(u128::from(number)), Side::Seeker);
    }
    stage.pass(20);
    let levels: Vec<i16> = (1..=20).flat_map(|number| stage.levels(LegId(number))).collect();
    assert_eq!(levels.len(), 20);
    assert!(levels.iter().all(|level| near(*level, levels[0])), "{levels:?}");
}

#[test]
fn after_music_both_hear_each_other_in_one_stream() {
    let mut stage =
        Stage::with(&[(SEEKER, Side::Seeker, Law::A), (COUNSELOR, Side::Counselor, Law::A)]);
    stage.pass(100);
    stage.exchange.stage(CONTACT, TalkStage::Talking);
    let mut heard = stage.heard(SEEKER);
    for _ in 0..50 {
        stage.pass(20);
        stage.speak(SEEKER, Law::A, 4_000);
        stage.speak(COUNSELOR, Law::A, -6_000);
    }
    let voice = stage.heard(SEEKER);
    assert_eq!(voice.len(), 50);
    assert!(voice.iter().all(|(_, level)| near(*level, -6_000)));
    assert!(voice[0].0.marker);
    heard.extend(voice);
    assert_one_stream(&heard);
    let levels = stage.levels(COUNSELOR);
    assert_eq!(levels.len(), 50);
    assert!(levels.iter().all(|level| near(*level, 4_000)));
}

#[test]
fn it_does_not_matter_who_comes_first_or_when_the_talk_begins() {
    for order in 0..6 {
        let mut stage = Stage::new();
        let steps = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]][order];
        stage.open(SEEKER, Law::A);
        stage.open(COUNSELOR, Law::A);
        for step in steps {
            match step {
                0 => stage.exchange.seat(SEEKER, CONTACT, Side::Seeker),
                1 => stage.exchange.seat(COUNSELOR, CONTACT, Side::Counselor),
                _ => stage.exchange.stage(CONTACT, TalkStage::Talking),
            }
        }
        stage.heard(SEEKER);
        stage.speak(COUNSELOR, Law::A, 5_000);
        stage.speak(SEEKER, Law::A, 7_000);
        assert!(near(stage.levels(SEEKER)[0], 5_000), "{steps:?}");
        assert!(near(stage.levels(COUNSELOR)[0], 7_000), "{steps:?}");
    }
}

#[test]
fn two_laws_understand_each_other() {
    let mut stage =
        Stage::with(&[(SEEKER, Side::Seeker, Law::A), (COUNSELOR, Side::Counselor, Law::Mu)]);
    stage.exchange.stage(CONTACT, TalkStage::Talking);
    stage.speak(SEEKER, Law::A, 3_000);
    stage.speak(COUNSELOR, Law::Mu, -9_000);
    let heard = stage.heard(COUNSELOR);
    assert_eq!(heard[0].0.payload_type, 0);
    assert!(near(heard[0].1, 3_000), "{}", heard[0].1);
    assert!(near(stage.levels(SEEKER)[0], -9_000));
}

#[test]
fn a_stranger_is_counted_and_never_heard() {
    let mut stage = Stage::talking();
    stage.speak(SEEKER, Law::A, 1_000);
    stage.heard(COUNSELOR);
    let stranger = SocketAddr::from(([203, 0, 113, 9], 4_000));
    stage.utter(SEEKER, stranger, 8, &[0xaa; 160]);
    assert_eq!(stage.heard(COUNSELOR), vec![]);
    assert_eq!(stage.exchange.tally().strangers, 1);
}

#[test]
fn what_nobody_agreed_to_is_dropped() {
    let mut stage = Stage::talking();
    stage.utter(SEEKER, address(SEEKER), 111, &[1; 40]);
    stage.utter(SEEKER, address(SEEKER), 13, &[64]);
    assert_eq!(stage.heard(COUNSELOR), vec![]);
    assert_eq!(stage.exchange.tally().unreadable, 1);
}

#[test]
fn a_key_is_told_once_and_passed_on_under_the_other_sides_number() {
    let mut stage = Stage::talking();
    let aim = Aim { remote: Some(address(COUNSELOR)), keys: Some(96), ..Aim::default() };
    stage.exchange.aim(COUNSELOR, aim, stage.at);
    let begun = Header { marker: true, payload_type: KEYS, seq: 1, timestamp: 800, ssrc: 5 };
    for seq in 1..=5 {
        let mut packet = Header { seq, ..begun }.write().to_vec();
        packet.extend([1, 10, 0, 160]);
        let key = stage.exchange.keys[&SEEKER];
        stage.exchange.packet(key, address(SEEKER), &mut packet, stage.at, &mut stage.sent);
    }
    stage.pass(5);
    let one = LegEvent::Digit(Digit::of_char('1').unwrap());
    assert_eq!(stage.events.iter().filter(|event| **event == (SEEKER, one)).count(), 1);
    let key = stage.exchange.keys[&COUNSELOR];
    let passed: Vec<_> = stage.sent.0.iter().filter(|sent| sent.0 == key).collect();
    assert_eq!(passed.len(), 5);
    assert!(passed.iter().all(|(_, _, packet)| rtp::read(packet).unwrap().0.payload_type == 96));
}

fn script(level: i16, frames: usize, token: u32, must: bool) -> Script {
    let clip = Clip::of_samples(&vec![level; frames * 160]);
    Script { clips: vec![Arc::new(clip)], token, must }
}

#[test]
fn a_prompt_is_said_over_the_music_and_then_the_music_goes_on() {
    let mut stage = Stage::with(&[(SEEKER, Side::Seeker, Law::A)]);
    stage.pass(40);
    stage.exchange.say(SEEKER, script(-8_000, 5, 7, false));
    stage.pass(200);
    let heard = stage.heard(SEEKER);
    assert_one_stream(&heard);
    let said = heard.iter().filter(|(_, level)| near(*level, -8_000)).count();
    assert_eq!(said, 5);
    assert!(heard.last().unwrap().1 > 900);
    assert!(stage.events.contains(&(SEEKER, LegEvent::Said { token: 7, whole: true })));
}

#[test]
fn a_voice_cuts_a_prompt_but_not_what_the_law_wants_said() {
    let mut stage = Stage::with(&[(SEEKER, Side::Seeker, Law::A)]);
    stage.exchange.say(SEEKER, script(-8_000, 50, 1, true));
    stage.exchange.say(SEEKER, script(-2_000, 50, 2, false));
    stage.pass(100);
    stage.open(COUNSELOR, Law::A);
    stage.exchange.seat(COUNSELOR, CONTACT, Side::Counselor);
    stage.exchange.stage(CONTACT, TalkStage::Talking);
    stage.pass(20);
    assert!(stage.events.contains(&(SEEKER, LegEvent::Said { token: 2, whole: false })));
    stage.heard(SEEKER);
    for _ in 0..60 {
        stage.pass(20);
        stage.speak(COUNSELOR, Law::A, 6_000);
    }
    assert!(stage.events.contains(&(SEEKER, LegEvent::Said { token: 1, whole: true })));
    let heard = stage.heard(SEEKER);
    assert!(near(heard.first().unwrap().1, -8_000));
    assert!(near(heard.last().unwrap().1, 6_000));
    // What was spoken meanwhile is left out, and the count has no hole for it.
    assert_one_stream(&heard);
}

#[test]
fn on_hold_the_seeker_hears_music_and_the_counselor_nothing() {
    let mut stage = Stage::talking();
    stage.speak(COUNSELOR, Law::A, 5_000);
    stage.exchange.stage(CONTACT, TalkStage::Held);
    stage.heard(SEEKER);
    stage.heard(COUNSELOR);
    for _ in 0..10 {
        stage.pass(20);
        stage.speak(SEEKER, Law::A, 4_000);
        stage.speak(COUNSELOR, Law::A, -6_000);
    }
    assert_eq!(stage.heard(COUNSELOR), vec![]);
    let heard = stage.heard(SEEKER);
    assert!((9..=11).contains(&heard.len()));
    assert!(heard.iter().all(|(_, level)| *level > 900));
}

#[test]
fn a_supervisor_who_listens_hears_both_and_is_heard_by_nobody() {
    let mut stage = Stage::talking();
    stage.open(SUPERVISOR, Law::A);
    stage.exchange.seat(SUPERVISOR, CONTACT, Side::Supervisor);
    stage.exchange.supervise(CONTACT, Supervision::Listen);
    for _ in 0..20 {
        stage.pass(20);
        stage.speak(SEEKER, Law::A, 3_000);
        stage.speak(COUNSELOR, Law::A, 4_000);
        stage.speak(SUPERVISOR, Law::A, 30_000);
    }
    assert!(stage.levels(SEEKER).iter().all(|level| near(*level, 4_000)));
    assert!(stage.levels(COUNSELOR).iter().all(|level| near(*level, 3_000)));
    let heard = stage.levels(SUPERVISOR);
    assert!(near(*heard.last().unwrap(), 7_000), "{heard:?}");
}

#[test]
fn a_whisper_reaches_the_counselor_alone() {
    let mut stage = Stage::talking();
    stage.open(SUPERVISOR, Law::A);
    stage.exchange.seat(SUPERVISOR, CONTACT, Side::Supervisor);
    stage.exchange.supervise(CONTACT, Supervision::Whisper);
    for _ in 0..20 {
        stage.pass(20);
        stage.speak(SEEKER, Law::A, 3_000);
        stage.speak(COUNSELOR, Law::A, 4_000);
        stage.speak(SUPERVISOR, Law::A, 8_000);
    }
    assert!(stage.levels(SEEKER).iter().all(|level| near(*level, 4_000)));
    assert!(near(*stage.levels(COUNSELOR).last().unwrap(), 11_000));
}

#[test]
fn a_counselor_who_is_gone_leaves_music_and_comes_back_to_the_same_talk() {
    let mut stage = Stage::talking();
    stage.speak(COUNSELOR, Law::A, 5_000);
    stage.exchange.close(COUNSELOR);
    stage.heard(SEEKER);
    stage.pass(100);
    assert!(stage.levels(SEEKER).iter().all(|level| *level > 900));
    stage.open(COUNSELOR, Law::Mu);
    stage.exchange.seat(COUNSELOR, CONTACT, Side::Counselor);
    stage.pass(20);
    stage.heard(SEEKER);
    stage.speak(COUNSELOR, Law::Mu, 5_000);
    assert!(near(stage.levels(SEEKER)[0], 5_000));
}

#[test]
fn silence_is_told_once_and_its_end_too() {
    let mut stage = Stage::talking();
    stage.speak(SEEKER, Law::A, 100);
    stage.pass(10_000);
    stage.speak(SEEKER, Law::A, 100);
    let mine = stage.events.iter().filter(|(leg, _)| *leg == SEEKER).map(|(_, event)| *event);
    let mine: Vec<LegEvent> = mine.collect();
    assert_eq!(mine, [LegEvent::Heard, LegEvent::Silent, LegEvent::Back]);
    assert!(stage.events.contains(&(COUNSELOR, LegEvent::OneWay)));
}

#[test]
fn nothing_is_sent_to_a_side_that_has_us_on_hold() {
    let mut stage = Stage::talking();
    let aim = Aim { direction: Direction::ReceiveOnly, ..Aim::default() };
    stage.exchange.aim(SEEKER, aim, stage.at);
    stage.speak(COUNSELOR, Law::A, 5_000);
    assert_eq!(stage.heard(SEEKER), vec![]);
}

#[test]
fn a_tick_that_comes_seconds_late_does_not_burst() {
    let mut stage = Stage::with(&[(SEEKER, Side::Seeker, Law::A)]);
    stage.pass(20);
    stage.heard(SEEKER);
    stage.at = stage.at + 5_000;
    stage.exchange.tick(stage.at, &mut stage.sent);
    assert_eq!(stage.heard(SEEKER).len(), 1);
}

#[test]
fn a_talk_that_is_over_leaves_nothing_behind() {
    let mut stage = Stage::talking();
    stage.speak(SEEKER, Law::A, 1);
    stage.exchange.stage(CONTACT, TalkStage::Over);
    stage.heard(COUNSELOR);
    stage.speak(SEEKER, Law::A, 1);
    assert_eq!(stage.heard(COUNSELOR), vec![]);
    stage.exchange.close(SEEKER);
    stage.exchange.close(COUNSELOR);
    assert_eq!(stage.exchange.counts(), (0, 0));
    assert_eq!(stage.exchange.next_tick(), None);
}

mod any_order {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Act {
        Open(u64),
        Close(u64),
        Seat(u64, u8),
        Unseat(u64),
        Stage(u8),
        Supervise(u8),
        Speak(u64),
        Say(u64, bool),
        Pass(i64),
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            (1..5_u64).prop_map(Act::Open),
            (1..5_u64).prop_map(Act::Close),
            (1..5_u64, 0..4_u8).prop_map(|(leg, side)| Act::Seat(leg, side)),
            (1..5_u64).prop_map(Act::Unseat),
            (0..4_u8).prop_map(Act::Stage),
            (0..4_u8).prop_map(Act::Supervise),
            (1..5_u64).prop_map(Act::Speak),
            (1..5_u64, any::<bool>()).prop_map(|(leg, must)| Act::Say(leg, must)),
            (1..60_i64).prop_map(Act::Pass),
        ]
    }

    const SIDES: [Side; 4] = [Side::Seeker, Side::Counselor, Side::Third, Side::Supervisor];
    const STAGES: [TalkStage; 4] =
        [TalkStage::Waiting, TalkStage::Talking, TalkStage::Held, TalkStage::Over];
    const MODES: [Supervision; 4] =
        [Supervision::Off, Supervision::Listen, Supervision::Whisper, Supervision::Barge];

    proptest! {
        #[test]
        fn nobody_hears_themselves_and_nothing_is_left(acts in prop::collection::vec(act(), 1..120)) {
            let mut stage = Stage::new();
            for act in acts {
                let before = stage.sent.0.len();
                match act {
                    Act::Open(leg) if !stage.exchange.keys.contains_key(&LegId(leg)) => {
                        stage.open(LegId(leg), Law::A);
                    }
                    Act::Open(_) => {}
                    Act::Close(leg) => { stage.exchange.close(LegId(leg)); }
                    Act::Seat(leg, side) => stage.exchange.seat(LegId(leg), CONTACT, SIDES[usize::from(side)]),
                    Act::Unseat(leg) => stage.exchange.unseat(LegId(leg)),
                    Act::Stage(to) => stage.exchange.stage(CONTACT, STAGES[usize::from(to)]),
                    Act::Supervise(mode) => stage.exchange.supervise(CONTACT, MODES[usize::from(mode)]),
                    Act::Say(leg, must) => stage.exchange.say(LegId(leg), script(1, 3, 1, must)),
                    Act::Pass(frames) => stage.pass(frames * 5),
                    Act::Speak(leg) => {
                        if let Some(key) = stage.exchange.keys.get(&LegId(leg)).copied() {
                            stage.speak(LegId(leg), Law::A, 500);
                            prop_assert!(stage.sent.0[before..].iter().all(|sent| sent.0 != key));
                        }
                    }
                }
            }
            for leg in 1..5 {
                stage.exchange.close(LegId(leg));
            }
            stage.exchange.stage(CONTACT, TalkStage::Over);
            prop_assert_eq!(stage.exchange.counts(), (0, 0));
        }
    }
}
