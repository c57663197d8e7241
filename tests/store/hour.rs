//! The last hour of the board, from contacts made by hand.

use crate::ground::Ground;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId, LineId};
use xinqiao::store::hour::{MINUTE_MS, Series};
use xinqiao::store::{ArrivalFact, ContactFact, Store, Turn};
use xinqiao::switchboard::effect::End;
use xinqiao::switchboard::{Channel, Risk};

on_both_engines!(
    an_hour_counts_arrivals_answers_and_abandonments_by_the_minute,
    those_who_wait_are_counted_at_the_end_of_each_minute_with_the_longest_wait,
    a_contact_counts_where_it_arrived_wherever_it_goes,
    a_rush_of_ten_thousand_contacts_is_added_up_beside_an_old_record,
);

/// Half a minute into the last minute of the hour.
const NOW: At = At(1_000_000 * MINUTE_MS + 30_000);
const GRACE_MS: i64 = 20_000;

/// `seconds` after the beginning of the hour that ends with the minute of [`NOW`].
const fn at(seconds: i64) -> At {
    At((1_000_000 - 59) * MINUTE_MS + seconds * 1_000)
}

fn arrival(number: u128, line: u16, channel: Channel, seconds: i64) -> ArrivalFact {
    ArrivalFact {
        contact: ContactId::from_number(number),
        line: LineId(line),
        channel,
        locale: "zh-CN".to_owned(),
        campaign: None,
        token_hash: [0; 32],
        risk: Risk::None,
        returning: None,
        alias_root: ContactId::from_number(number),
        simulated: false,
        at: at(seconds),
    }
}

fn connected(number: u128, seconds: i64) -> ContactFact {
    let (contact, counselor) = (ContactId::from_number(number), CounselorId::from_number(9));
    ContactFact::Connected { contact, counselor, at: at(seconds) }
}

fn ended(number: u128, end: End, seconds: i64) -> [ContactFact; 2] {
    let contact = ContactId::from_number(number);
    let at = at(seconds);
    [ContactFact::Ended { contact, end, at }, ContactFact::Closed { contact, at }]
}

async fn become_of(store: &Store, facts: Vec<ContactFact>) {
    store.writer().turn(Turn { facts, ..Turn::default() }).await.unwrap();
}

async fn hour_of(store: &Store, line: u16, channel: Channel) -> Series {
    let hour = store.hours().last(NOW, GRACE_MS).await.unwrap();
    assert_eq!(hour.from, at(0));
    hour.series.get(&(LineId(line), channel)).copied().unwrap_or_default()
}

/// Minute and count, of the minutes that have one.
fn some(minutes: [u32; 60]) -> Vec<(usize, u32)> {
    minutes.into_iter().enumerate().filter(|(_, count)| *count > 0).collect()
}

async fn an_hour_counts_arrivals_answers_and_abandonments_by_the_minute(ground: Ground) {
    let (store, _) = ground.open().await;
    let chat = |number, seconds| ContactFact::Arrived(arrival(number, 1, Channel::Chat, seconds));
    let mut facts = vec![chat(1, 0), chat(2, 59), chat(3, 60), chat(4, 61), chat(5, 62)];
    facts.extend([chat(6, 63), chat(7, 64), chat(8, 65), chat(9, -1), chat(10, 3_569)]);
    facts.extend([connected(1, 59), connected(2, 130), connected(2, 400), connected(9, 0)]);
    facts.extend(ended(1, End::SeekerEnded, 600));
    // Left after four seconds: short, and no abandonment; after five it is one.
    facts.extend(ended(3, End::LeftWaiting, 64));
    facts.extend(ended(4, End::LeftWaiting, 66));
    // Lost at once, and lost after waiting: the grace of the place is no wait.
    facts.extend(ended(5, End::LostWaiting, 62 + 24));
    facts.extend(ended(6, End::LostWaiting, 63 + 25));
    facts.extend(ended(7, End::ServiceFull, 300));
    facts.extend(ended(8, End::LineClosed, 65));
    let simulated = ArrivalFact { simulated: true, ..arrival(11, 1, Channel::Chat, 70) };
    facts.push(ContactFact::Arrived(simulated));
    facts.extend([chat(12, -7_200), chat(13, 3_571)]);
    facts.extend(ended(12, End::LeftWaiting, -1));
    facts.push(ContactFact::Arrived(arrival(14, 1, Channel::Phone, 3_000)));
    become_of(&store, facts).await;
    let chat = hour_of(&store, 1, Channel::Chat).await;
    assert_eq!(some(chat.arrived), [(0, 2), (1, 5), (59, 1)]);
    assert_eq!(some(chat.answered), [(0, 2), (2, 1)]);
    assert_eq!(some(chat.abandoned), [(1, 2)]);
    assert_eq!(some(hour_of(&store, 1, Channel::Phone).await.arrived), [(50, 1)]);
    assert_eq!(hour_of(&store, 2, Channel::Chat).await, Series::default());
    store.close().await;
    let (store, _) = ground.open().await;
    assert_eq!(hour_of(&store, 1, Channel::Chat).await, chat, "a restart changes nothing");
}

async fn those_who_wait_are_counted_at_the_end_of_each_minute_with_the_longest_wait(
    ground: Ground,
) {
    let (store, _) = ground.open().await;
    let chat = |number, seconds| ContactFact::Arrived(arrival(number, 1, Channel::Chat, seconds));
    // From long before the hour until its second minute; within one minute; and until now.
    let mut facts = vec![chat(1, -90_000), chat(2, 10), chat(3, 65), chat(4, 3_480)];
    facts.extend([connected(1, 61), connected(2, 50), connected(3, 190)]);
    let turned_away = ended(5, End::LineOutage, 30);
    facts.push(chat(5, 30));
    facts.extend(turned_away);
    become_of(&store, facts).await;
    let hour = hour_of(&store, 1, Channel::Chat).await;
    assert_eq!(some(hour.waiting), [(0, 1), (1, 1), (2, 1), (58, 1), (59, 1)]);
    let longest = [(0, 90_060), (1, 55), (2, 115), (58, 60), (59, 90)];
    assert_eq!(some(hour.longest_wait_s), longest);
}

async fn a_contact_counts_where_it_arrived_wherever_it_goes(ground: Ground) {
    let (store, _) = ground.open().await;
    let contact = ContactId::from_number(1);
    let arrived = ContactFact::Arrived(arrival(1, 1, Channel::Chat, 10));
    let moved = ContactFact::Queued { contact, line: LineId(2) };
    become_of(&store, vec![arrived, connected(1, 20), moved]).await;
    let hour = hour_of(&store, 1, Channel::Chat).await;
    assert_eq!((some(hour.arrived), some(hour.answered)), (vec![(0, 1)], vec![(0, 1)]));
    assert_eq!(hour_of(&store, 2, Channel::Chat).await, Series::default());
}

/// As many long before the hour as within it; the time is printed for whoever looks, with
/// `--nocapture`.
async fn a_rush_of_ten_thousand_contacts_is_added_up_beside_an_old_record(ground: Ground) {
    let (store, _) = ground.open().await;
    for batch in 0..40_u32 {
        let mut facts = Vec::new();
        for number in 0..500_u32 {
            let number = batch * 500 + number;
            // Every other one long ago.
            let ago = if batch % 2 == 0 { -100_000 } else { 0 };
            let seconds = ago + i64::from(number * 7 % 3_500);
            let (name, line) = (u128::from(number), u16::try_from(number % 3 + 1).unwrap());
            facts.push(ContactFact::Arrived(arrival(name, line, Channel::Chat, seconds)));
            facts.push(connected(name, seconds + i64::from(number % 600)));
        }
        become_of(&store, facts).await;
    }
    let clock = xinqiao::clock::Clock::system();
    let began = clock.now();
    let hour = store.hours().last(NOW, GRACE_MS).await.unwrap();
    let took_ms = clock.now().ms_since(began);
    let arrived: u32 = hour.series.values().flat_map(|series| series.arrived).sum();
    assert_eq!(arrived, 10_000);
    println!("{:?}: the hour of 10,000 among 20,000 contacts took {took_ms} ms", store.engine());
}
