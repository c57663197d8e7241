//! Turns, state rows, and the journal's chain.

use crate::ground::Ground;
use xinqiao::clock::At;
use xinqiao::store::{Act, Flaw, Head, StateRow, Store, Turn, Verdict};

on_both_engines!(
    a_turn_keeps_entries_and_rows,
    turns_are_journaled_in_the_order_they_were_sent,
    acts_stand_in_the_same_chain,
    the_chain_goes_on_after_a_restart,
    a_flipped_byte_is_found,
    a_dropped_entry_is_found,
    swapped_entries_are_found,
    a_cut_tail_is_found_by_a_head_kept_elsewhere,
);

fn row(id: &str, body: Option<&str>) -> StateRow {
    StateRow { kind: "contact".to_owned(), id: id.to_owned(), body: body.map(str::to_owned) }
}

async fn journal_of(ground: &Ground, count: usize) -> (Store, Head) {
    let (store, _) = ground.open().await;
    let entries = (0..count).map(|number| format!("{{\"n\":{number}}}")).collect();
    let head = store.writer().turn(Turn { at: At(7), entries, ..Turn::default() }).await.unwrap();
    (store, head)
}

async fn verdict(store: &Store) -> Verdict {
    store.verify_journal(None).await.unwrap()
}

async fn a_turn_keeps_entries_and_rows(ground: Ground) {
    let (store, _) = ground.open().await;
    let rows = vec![row("a", Some("1")), row("b", Some("2")), row("a", Some("3"))];
    let turn = Turn { at: At(5), entries: vec!["{\"x\":1}".to_owned()], rows, ..Turn::default() };
    let head = store.writer().turn(turn).await.unwrap();
    assert_eq!(head.seq, 1);
    let rows = vec![row("b", None), row("c", Some("4"))];
    let same = store.writer().turn(Turn { rows, ..Turn::default() }).await.unwrap();
    assert_eq!(same, head);
    assert_eq!(store.state_rows().await.unwrap(), [row("a", Some("3")), row("c", Some("4"))]);
    let entry = &store.journal().entries(0, 10).await.unwrap()[0];
    assert_eq!((entry.seq, entry.at, entry.kind.as_str()), (1, At(5), "turn"));
    assert_eq!((entry.body.as_str(), entry.hash), ("{\"x\":1}", head.hash));
}

async fn turns_are_journaled_in_the_order_they_were_sent(ground: Ground) {
    let (store, _) = ground.open().await;
    let mut receipts = Vec::new();
    for number in 0..200 {
        let entries = vec![number.to_string()];
        let rows = vec![row(&format!("r{}", number % 7), Some(&number.to_string()))];
        let turn = Turn { at: At(number), entries, rows, ..Turn::default() };
        receipts.push(store.writer().send_turn(turn).await.unwrap());
    }
    for (number, receipt) in receipts.into_iter().enumerate() {
        let head = receipt.durable().await.unwrap();
        assert_eq!(usize::try_from(head.seq).unwrap(), number + 1);
    }
    let bodies: Vec<String> =
        store.journal().entries(0, 1_000).await.unwrap().into_iter().map(|e| e.body).collect();
    assert_eq!(bodies, (0..200).map(|number| number.to_string()).collect::<Vec<_>>());
    let rows = store.state_rows().await.unwrap();
    let highest: i64 =
        rows.iter().map(|r| r.body.as_ref().unwrap().parse().unwrap()).max().unwrap();
    assert_eq!((rows.len(), highest), (7, 199));
}

async fn acts_stand_in_the_same_chain(ground: Ground) {
    let (store, head) = journal_of(&ground, 3).await;
    store.writer().journal(Act { at: At(9), body: "{}".to_owned() }).await.unwrap();
    let next = store.journal().head().await.unwrap();
    assert_eq!(next, head.next(At(9), "admin", "{}"));
    assert_eq!(verdict(&store).await, Verdict::Whole { count: 4, head: next });
}

async fn the_chain_goes_on_after_a_restart(ground: Ground) {
    let (store, head) = journal_of(&ground, 5_000).await;
    assert_eq!(head.to_string().parse(), Ok(head));
    store.close().await;
    let (store, head) = journal_of(&ground, 10).await;
    assert_eq!(verdict(&store).await, Verdict::Whole { count: 5_010, head });
}

async fn a_flipped_byte_is_found(ground: Ground) {
    let (store, _) = journal_of(&ground, 20).await;
    ground.outside("UPDATE journal SET body = '{\"n\":8}' WHERE seq = 8").await;
    assert_eq!(verdict(&store).await, Verdict::Broken { seq: 8, flaw: Flaw::Changed });
}

async fn a_dropped_entry_is_found(ground: Ground) {
    let (store, _) = journal_of(&ground, 20).await;
    ground.outside("DELETE FROM journal WHERE seq = 8").await;
    assert_eq!(verdict(&store).await, Verdict::Broken { seq: 8, flaw: Flaw::Missing });
}

async fn swapped_entries_are_found(ground: Ground) {
    let (store, _) = journal_of(&ground, 20).await;
    ground
        .outside(
            "UPDATE journal SET seq = -8 WHERE seq = 8; UPDATE journal SET seq = 8 WHERE seq = 9; \
             UPDATE journal SET seq = 9 WHERE seq = -8",
        )
        .await;
    assert_eq!(verdict(&store).await, Verdict::Broken { seq: 8, flaw: Flaw::Changed });
}

async fn a_cut_tail_is_found_by_a_head_kept_elsewhere(ground: Ground) {
    let (store, head) = journal_of(&ground, 20).await;
    ground.outside("DELETE FROM journal WHERE seq > 15").await;
    assert!(matches!(verdict(&store).await, Verdict::Whole { count: 15, .. }));
    let found = store.verify_journal(Some(head)).await.unwrap();
    assert_eq!(found, Verdict::Broken { seq: 16, flaw: Flaw::TailCut });
    let mut other = store.journal().head().await.unwrap();
    other.hash[0] ^= 1;
    let found = store.verify_journal(Some(other)).await.unwrap();
    assert_eq!(found, Verdict::Broken { seq: 15, flaw: Flaw::OtherHead });
}
