//! What is kept of a seeker beyond one contact: the phrase that brings them back, and how it was.

use crate::ground::Ground;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, LineId};
use xinqiao::seal::Sealed;
use xinqiao::store::callers::{CallerRecord, Standing};
use xinqiao::store::ratings::LineRatings;
use xinqiao::store::{Act, ArrivalFact, ContactFact, Store, StoreError, Turn};
use xinqiao::switchboard::{Channel, Risk};

on_both_engines!(
    a_phrase_is_found_by_its_hash_and_a_second_one_voids_it,
    the_same_hash_for_two_persons_is_a_conflict,
    a_phrase_that_nobody_used_for_long_enough_is_not_found_and_then_deleted,
    earlier_contacts_are_those_of_the_same_person_before,
    the_last_score_of_a_contact_counts_and_simulated_ones_do_not,
    a_number_that_calls_again_is_recognised_and_stays_sealed,
);

fn act() -> Act {
    Act { at: At(1), body: "{\"act\":\"test\"}".to_owned() }
}

fn id(number: u128) -> ContactId {
    ContactId::from_number(number)
}

async fn arrive(store: &Store, contact: u128, root: u128, line: u16, simulated: bool, at: i64) {
    let arrival = ArrivalFact {
        contact: id(contact),
        line: LineId(line),
        channel: Channel::Chat,
        locale: "zh-CN".to_owned(),
        campaign: None,
        token_hash: [9; 32],
        risk: Risk::None,
        returning: None,
        alias_root: id(root),
        simulated,
        at: At(at),
    };
    let facts = vec![ContactFact::Arrived(arrival)];
    store.writer().turn(Turn { facts, ..Turn::default() }).await.unwrap();
}

async fn a_phrase_is_found_by_its_hash_and_a_second_one_voids_it(ground: Ground) {
    let (store, _) = ground.open().await;
    let phrases = store.phrases();
    phrases.keep(id(1), &[1; 32], At(5), act()).await.unwrap();
    phrases.keep(id(2), &[2; 32], At(6), act()).await.unwrap();
    assert_eq!(phrases.lookup(&[1; 32], At(0)).await.unwrap(), Some(id(1)));
    phrases.keep(id(1), &[3; 32], At(7), act()).await.unwrap();
    assert_eq!(phrases.lookup(&[1; 32], At(0)).await.unwrap(), None);
    assert_eq!(phrases.lookup(&[3; 32], At(0)).await.unwrap(), Some(id(1)));
    assert_eq!(phrases.lookup(&[2; 32], At(0)).await.unwrap(), Some(id(2)));
}

async fn the_same_hash_for_two_persons_is_a_conflict(ground: Ground) {
    let (store, _) = ground.open().await;
    store.phrases().keep(id(1), &[1; 32], At(5), act()).await.unwrap();
    let conflict = store.phrases().keep(id(2), &[1; 32], At(6), act()).await;
    assert_eq!(conflict, Err(StoreError::Conflict { operation: "store.write" }));
    assert_eq!(store.phrases().lookup(&[1; 32], At(0)).await.unwrap(), Some(id(1)));
}

async fn a_phrase_that_nobody_used_for_long_enough_is_not_found_and_then_deleted(ground: Ground) {
    let (store, _) = ground.open().await;
    let phrases = store.phrases();
    phrases.keep(id(1), &[1; 32], At(5), act()).await.unwrap();
    phrases.keep(id(2), &[2; 32], At(5), act()).await.unwrap();
    phrases.note_use(id(2), At(9)).await.unwrap();
    assert_eq!(phrases.lookup(&[1; 32], At(5)).await.unwrap(), Some(id(1)));
    assert_eq!(phrases.lookup(&[1; 32], At(6)).await.unwrap(), None);
    assert_eq!(phrases.lookup(&[2; 32], At(6)).await.unwrap(), Some(id(2)), "it was used");
    assert_eq!(phrases.forget_unused(At(6)).await.unwrap(), 1);
    assert_eq!(phrases.forget_unused(At(6)).await.unwrap(), 0);
    assert_eq!(phrases.lookup(&[1; 32], At(0)).await.unwrap(), None);
    assert_eq!(phrases.lookup(&[2; 32], At(0)).await.unwrap(), Some(id(2)));
}

async fn earlier_contacts_are_those_of_the_same_person_before(ground: Ground) {
    let (store, _) = ground.open().await;
    arrive(&store, 1, 1, 1, false, 10).await;
    arrive(&store, 2, 1, 1, false, 20).await;
    arrive(&store, 3, 3, 1, false, 15).await;
    let contacts = store.contacts();
    assert_eq!(contacts.count_earlier(id(1), At(30)).await.unwrap(), 2);
    assert_eq!(contacts.count_earlier(id(1), At(20)).await.unwrap(), 1);
    assert_eq!(contacts.count_earlier(id(9), At(30)).await.unwrap(), 0);
    assert_eq!(contacts.lookup(id(2)).await.unwrap().unwrap().alias_root, id(1));
}

async fn the_last_score_of_a_contact_counts_and_simulated_ones_do_not(ground: Ground) {
    let (store, _) = ground.open().await;
    for (contact, line, simulated) in [(1, 1, false), (2, 1, false), (3, 2, false), (4, 2, true)] {
        arrive(&store, contact, contact, line, simulated, 10).await;
    }
    let ratings = store.ratings();
    for (contact, score, at) in [(1, 1, 50), (1, 5, 60), (2, 4, 70), (3, 3, 80), (4, 1, 90)] {
        ratings.rate(id(contact), score, At(at), act()).await.unwrap();
    }
    let of = |line, count, sum| LineRatings { line: LineId(line), count, sum };
    assert_eq!(ratings.sums(At(0)).await.unwrap(), [of(1, 2, 9), of(2, 1, 3)]);
    assert_eq!(ratings.sums(At(70)).await.unwrap(), [of(1, 1, 4), of(2, 1, 3)]);
    assert_eq!(ratings.sums(At(100)).await.unwrap(), []);
}

async fn a_number_that_calls_again_is_recognised_and_stays_sealed(ground: Ground) {
    let (store, _) = ground.open().await;
    let called = |contact, print: Option<u8>| CallerRecord {
        contact: id(contact),
        standing: if print.is_some() { Standing::Real } else { Standing::Withheld },
        lost_by: print.is_none().then(|| "carrier".to_owned()),
        fingerprint: print.map(|print| [print; 32]),
        sealed: print.map(|_| Sealed { key_id: "k".to_owned(), bytes: vec![1, 2, 3] }),
    };
    for (contact, root, print) in [(1, 1, Some(7)), (2, 1, Some(7)), (3, 3, None)] {
        arrive(&store, contact, root, 1, false, i64::try_from(contact).unwrap()).await;
        let facts = vec![ContactFact::Called(called(contact, print))];
        store.writer().turn(Turn { facts, ..Turn::default() }).await.unwrap();
    }
    let callers = store.callers();
    assert_eq!(callers.alias_root(&[7; 32]).await.unwrap(), Some(id(1)));
    assert_eq!(callers.alias_root(&[8; 32]).await.unwrap(), None);
    assert_eq!(callers.lookup(id(2)).await.unwrap(), Some(called(2, Some(7))));
    assert_eq!(callers.lookup(id(3)).await.unwrap(), Some(called(3, None)));
    assert_eq!(callers.lookup(id(4)).await.unwrap(), None);
}
