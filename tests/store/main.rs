//! The store on both engines.

use std::sync::{Arc, Mutex};
use xinqiao::clock::At;
use xinqiao::ids::{ContactId, MessageId};
use xinqiao::store::{Append, MessageKind, Outcome, Sender, Settings, Store, Turn};
use xinqiao::veil::Pii;

#[tokio::test]
async fn what_is_appended_is_read_back_and_a_repeat_is_stored_once() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/x.db", dir.path().display());
    let settings = Settings { url, ..Settings::default() };
    let got = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&got);
    let committed = move |outcomes: Vec<Outcome>| sink.lock().unwrap().extend(outcomes);
    let store = Store::open(&settings, Arc::new(committed)).await.unwrap();
    for n in 0..10 {
        let append = Append {
            tag: n,
            contact: ContactId::from_number(1),
            message: MessageId::from_number(n.into()),
            from: Sender::Seeker,
            author: None,
            client_id: Some(format!("c{}", n % 5)),
            kind: MessageKind::Message,
            text: Pii::new("hello".into()),
            at: At(5),
        };
        store.writer().append(append).unwrap();
    }
    let turn = Turn { at: At(6), entries: vec!["{}".into()], ..Turn::default() };
    store.writer().turn(turn).await.unwrap();
    let history = store.reader().history(ContactId::from_number(1), 0, 100).await.unwrap();
    assert_eq!(history.len(), 5);
    assert_eq!(got.lock().unwrap().len(), 10);
    assert!(store.integrity().await.unwrap().is_whole());
    store.close().await;
}
