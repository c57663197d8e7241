//! Numbers, repeats, batches and histories.

use crate::ground::{Ground, says, seq_of, talk};
use std::collections::BTreeSet;
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, CounselorId};
use xinqiao::store::{MessageKind, Outcome, Sender, Settings, StoreError, Turn};
use xinqiao::veil::{Pii, Purpose};

on_both_engines!(
    a_conversation_counts_one_two_three,
    a_repeat_gets_the_first_number_and_is_stored_once,
    a_repeat_is_known_after_a_restart,
    a_repeat_is_known_after_the_numbering_was_forgotten,
    the_same_client_id_of_the_other_side_is_another_message,
    messages_that_wait_are_stored_together,
    each_message_keeps_what_it_carries,
    a_message_with_a_nul_spoils_nothing,
    a_full_queue_says_busy_at_once,
    many_histories_at_once_are_each_their_own,
    a_history_continues_after_what_was_seen,
    numbering_beyond_its_limit_is_read_again,
    close_stores_what_is_queued,
    a_message_that_fits_no_state_names_its_column,
);

async fn a_conversation_counts_one_two_three(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..300 {
        store.writer().append(says(number % 3, &format!("c{number}"))).unwrap();
    }
    let outcomes = ear.outcomes(300).await;
    for contact in 0..3 {
        let id = ContactId::from_number(contact);
        let numbers: Vec<i64> =
            outcomes.iter().filter(|o| contact_of(o) == id).map(|o| seq_of(o).0).collect();
        assert_eq!(numbers, (1..=100).collect::<Vec<i64>>());
        assert_eq!(talk(&store, contact).await.len(), 100);
    }
    assert!(store.integrity().await.unwrap().is_whole());
}

async fn a_repeat_gets_the_first_number_and_is_stored_once(ground: Ground) {
    let (store, ear) = ground.open().await;
    let first = says(1, "same");
    store.writer().append(first.clone()).unwrap();
    ear.outcomes(1).await;
    let mut again = says(1, "same");
    again.at = At(9_999);
    store.writer().append(again.clone()).unwrap();
    store.writer().append(says(1, "twice")).unwrap();
    store.writer().append(says(1, "twice")).unwrap();
    let outcomes = ear.outcomes(4).await;
    let known = Outcome::Duplicate { append: again, seq: 1, message: first.message, at: first.at };
    assert_eq!(outcomes[1], known);
    assert_eq!(seq_of(&outcomes[2]), (2, true));
    assert_eq!(seq_of(&outcomes[3]), (2, false));
    assert_eq!(talk(&store, 1).await.len(), 2);
}

async fn a_repeat_is_known_after_a_restart(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..5 {
        store.writer().append(says(1, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(5).await;
    store.close().await;
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "c3")).unwrap();
    store.writer().append(says(1, "new")).unwrap();
    let outcomes = ear.outcomes(2).await;
    assert_eq!(seq_of(&outcomes[0]), (4, false));
    assert_eq!(seq_of(&outcomes[1]), (6, true));
}

async fn a_repeat_is_known_after_the_numbering_was_forgotten(ground: Ground) {
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "c")).unwrap();
    ear.outcomes(1).await;
    store.writer().forget(ContactId::from_number(1));
    store.writer().append(says(1, "c")).unwrap();
    assert_eq!(seq_of(&ear.outcomes(2).await[1]), (1, false));
}

async fn the_same_client_id_of_the_other_side_is_another_message(ground: Ground) {
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "1")).unwrap();
    let mut answer = says(1, "1");
    answer.from = Sender::Counselor;
    store.writer().append(answer).unwrap();
    let mut event = says(1, "1");
    event.client_id = None;
    event.from = Sender::System;
    store.writer().append(event.clone()).unwrap();
    event.message = says(1, "1").message;
    store.writer().append(event).unwrap();
    let numbers: Vec<_> = ear.outcomes(4).await.iter().map(seq_of).collect();
    assert_eq!(numbers, [(1, true), (2, true), (3, true), (4, true)]);
}

async fn messages_that_wait_are_stored_together(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..1_000 {
        store.writer().append(says(number % 50, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(1_000).await;
    let batches = ear.heard.lock().unwrap().len();
    assert!(batches < 100, "1,000 messages took {batches} transactions");
}

async fn each_message_keeps_what_it_carries(ground: Ground) {
    let (store, ear) = ground.open().await;
    let mut append = says(7, "c");
    append.from = Sender::Counselor;
    append.author = Some(CounselorId::from_number(3));
    append.kind = MessageKind::Event;
    append.text = Pii::new("我想和你谈谈 🌊 ' \" ; --".to_owned());
    append.tag = 42;
    store.writer().append(append.clone()).unwrap();
    let outcomes = ear.outcomes(1).await;
    assert_eq!(outcomes, [Outcome::Stored { append: append.clone(), seq: 1 }]);
    let history = store.reader().history(append.contact, 0, 10).await.unwrap();
    let message = &history[0];
    assert_eq!((message.seq, message.message, message.at), (1, append.message, append.at));
    assert_eq!(
        (message.from, message.author, message.kind),
        (append.from, append.author, append.kind)
    );
    assert_eq!((&message.client_id, &message.text), (&append.client_id, &append.text));
}

async fn a_message_with_a_nul_spoils_nothing(ground: Ground) {
    let (store, ear) = ground.open().await;
    let mut nul = says(1, "a\0b");
    nul.text = Pii::new("a\0b".to_owned());
    store.writer().append(nul).unwrap();
    store.writer().append(says(1, "c")).unwrap();
    assert_eq!(
        ear.outcomes(2).await.iter().map(seq_of).collect::<Vec<_>>(),
        [(1, true), (2, true)]
    );
    assert_eq!(talk(&store, 1).await[0].1, "a\u{fffd}b");
}

async fn a_full_queue_says_busy_at_once(mut ground: Ground) {
    ground.settings = Settings { queue_max: 10, ..ground.settings };
    let (store, ear) = ground.open().await;
    let mut taken = 0;
    let refused = loop {
        match store.writer().append(says(1, &format!("c{taken}"))) {
            Ok(()) => taken += 1,
            Err(refused) => break refused,
        }
    };
    assert_eq!(refused.error, StoreError::Busy);
    assert_eq!(refused.append.text.reveal(Purpose::Verify), &format!("text of c{taken}"));
    assert_eq!(ear.outcomes(taken).await.len(), taken);
}

async fn many_histories_at_once_are_each_their_own(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..2_000 {
        store.writer().append(says(number % 200, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(2_000).await;
    let asking = (0..200_u128).map(|contact| {
        let reader = store.reader();
        tokio::spawn(async move {
            let contact = ContactId::from_number(contact);
            (contact, reader.history(contact, 2, 5).await.unwrap())
        })
    });
    for asked in asking.collect::<Vec<_>>() {
        let (contact, history) = asked.await.unwrap();
        assert!(history.iter().all(|message| message.contact == contact));
        assert_eq!(history.iter().map(|m| m.seq).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    }
}

async fn a_history_continues_after_what_was_seen(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..120 {
        store.writer().append(says(1, &format!("c{number}"))).unwrap();
    }
    ear.outcomes(120).await;
    let (mut seen, mut after) = (BTreeSet::new(), 0);
    loop {
        let page = store.reader().history(ContactId::from_number(1), after, 50).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.seq;
        assert!(page.iter().all(|message| seen.insert(message.seq)));
    }
    assert_eq!(seen, (1..=120).collect());
    let nobody = store.reader().history(ContactId::from_number(99), 0, 50).await.unwrap();
    assert!(nobody.is_empty());
}

async fn numbering_beyond_its_limit_is_read_again(mut ground: Ground) {
    ground.settings = Settings { conversations_max: 10, ..ground.settings };
    let (store, ear) = ground.open().await;
    for round in 0..3 {
        for contact in 0..100 {
            store.writer().append(says(contact, &format!("c{round}"))).unwrap();
        }
    }
    for contact in 0..100 {
        store.writer().append(says(contact, "c1")).unwrap();
    }
    let outcomes = ear.outcomes(400).await;
    let last: BTreeSet<_> = outcomes[300..].iter().map(seq_of).collect();
    assert_eq!(last, BTreeSet::from([(2, false)]));
    assert_eq!(store.integrity().await.unwrap().messages, 300);
}

async fn close_stores_what_is_queued(ground: Ground) {
    let (store, ear) = ground.open().await;
    for number in 0..500 {
        store.writer().append(says(1, &format!("c{number}"))).unwrap();
    }
    let turn = Turn { entries: vec!["{}".to_owned()], ..Turn::default() };
    let receipt = store.writer().send_turn(turn).await.unwrap();
    store.close().await;
    assert_eq!(ear.count(), 500);
    assert_eq!(receipt.durable().await.unwrap().seq, 1);
    assert_eq!(ground.outside("SELECT CAST(count(*) AS TEXT) FROM messages").await, "500");
}

async fn a_message_that_fits_no_state_names_its_column(ground: Ground) {
    let (store, ear) = ground.open().await;
    store.writer().append(says(1, "c")).unwrap();
    ear.outcomes(1).await;
    ground.outside("UPDATE messages SET sender = 'nobody'").await;
    let contact = ContactId::from_number(1);
    let fault = store.reader().history(contact, 0, 10).await.unwrap_err().to_string();
    assert_eq!(fault, format!("inconsistent row: messages.sender of {contact}"));
}

fn contact_of(outcome: &Outcome) -> ContactId {
    match outcome {
        Outcome::Stored { append, .. }
        | Outcome::Duplicate { append, .. }
        | Outcome::Failed { append } => append.contact,
    }
}
