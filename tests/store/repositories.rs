//! One repository per noun.

use crate::ground::Ground;
use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{AccountId, ContactId, CounselorId, LineId, NoteId, OfferId, SkillId};
use xinqiao::store::accounts::Account;
use xinqiao::store::counselors::CounselorRecord;
use xinqiao::store::lines::LineRecord;
use xinqiao::store::notes::{Note, NoteKind};
use xinqiao::store::sign_ins::SignIn;
use xinqiao::store::{Act, ArrivalFact, ContactFact, ContactState, StoreError, Turn, Verdict};
use xinqiao::switchboard::effect::{End, Pick, Released, Rule, Withdrawn};
use xinqiao::switchboard::line::{Hours, LastRung, Step};
use xinqiao::switchboard::{Channel, Line, Need, Profile, Risk, RoutingPlan};
use xinqiao::veil::Pii;

on_both_engines!(
    an_account_is_kept_with_its_act,
    a_taken_username_is_a_conflict_and_leaves_no_act,
    failures_are_counted_and_cleared,
    a_one_time_code_is_taken_once,
    a_session_is_found_by_its_hash_until_it_is_purged,
    the_four_roles_are_there,
    a_line_is_saved_and_replaced,
    skills_get_numbers,
    a_counselor_is_saved_and_replaced,
    a_draft_becomes_a_note,
    a_whisper_is_stored_once_for_each_client_id_and_not_without_end,
    facts_tell_a_contacts_life,
    a_row_that_fits_no_state_names_table_column_and_id,
);

fn act() -> Act {
    Act { at: At(1), body: "{\"act\":\"test\"}".to_owned() }
}

fn account(number: u128, username: &str) -> Account {
    Account {
        account: AccountId::from_number(number),
        username: username.to_owned(),
        display_alias: "小雨".to_owned(),
        password_hash: Pii::new("$argon2id$".to_owned()),
        totp_secret: Some(Pii::new(vec![1, 2, 255])),
        role: "counselor".to_owned(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: true,
        created_at: At(5),
    }
}

async fn an_account_is_kept_with_its_act(ground: Ground) {
    let (store, _) = ground.open().await;
    let accounts = store.accounts();
    let mut made = account(1, "amy");
    accounts.add(&made, act()).await.unwrap();
    assert_eq!(accounts.lookup(made.account).await.unwrap().as_ref(), Some(&made));
    assert_eq!(accounts.lookup_by_username("amy").await.unwrap().as_ref(), Some(&made));
    made.password_hash = Pii::new("$argon2id$new".to_owned());
    assert!(accounts.set_password(made.account, &made.password_hash, act()).await.unwrap());
    made.totp_secret = None;
    assert!(accounts.set_totp(made.account, None, act()).await.unwrap());
    made.role = "supervisor".to_owned();
    made.display_alias = "阿云".to_owned();
    made.disabled = true;
    assert!(accounts.edit(&made, None, act()).await.unwrap());
    assert_eq!(accounts.list().await.unwrap(), [made]);
    assert!(!accounts.edit(&account(9, "bea"), None, act()).await.unwrap());
    let found = store.verify_journal(None).await.unwrap();
    assert!(matches!(found, Verdict::Whole { count: 4, .. }), "{found:?}");
}

async fn a_taken_username_is_a_conflict_and_leaves_no_act(ground: Ground) {
    let (store, _) = ground.open().await;
    store.accounts().add(&account(1, "amy"), act()).await.unwrap();
    let conflict = StoreError::Conflict { operation: "store.write" };
    assert_eq!(store.accounts().add(&account(2, "amy"), act()).await, Err(conflict.clone()));
    let mut stranger = account(3, "bea");
    stranger.role = "king".to_owned();
    assert_eq!(store.accounts().add(&stranger, act()).await, Err(conflict));
    assert_eq!(store.accounts().list().await.unwrap().len(), 1);
    assert_eq!(store.journal().head().await.unwrap().seq, 1);
}

async fn failures_are_counted_and_cleared(ground: Ground) {
    let (store, _) = ground.open().await;
    let made = account(1, "amy");
    store.accounts().add(&made, act()).await.unwrap();
    assert_eq!(store.accounts().count_failure(made.account, None).await.unwrap(), 1);
    assert_eq!(store.accounts().count_failure(made.account, Some(At(9))).await.unwrap(), 2);
    let found = store.accounts().lookup(made.account).await.unwrap().unwrap();
    assert_eq!((found.failed_count, found.locked_until), (2, Some(At(9))));
    store.accounts().clear_failures(made.account).await.unwrap();
    assert_eq!(store.accounts().lookup(made.account).await.unwrap(), Some(made));
}

async fn a_one_time_code_is_taken_once(ground: Ground) {
    let (store, _) = ground.open().await;
    let made = account(1, "amy");
    store.accounts().add(&made, act()).await.unwrap();
    assert!(store.accounts().take_totp_step(made.account, 100).await.unwrap());
    assert!(!store.accounts().take_totp_step(made.account, 100).await.unwrap());
    assert!(!store.accounts().take_totp_step(made.account, 99).await.unwrap());
    assert!(store.accounts().take_totp_step(made.account, 101).await.unwrap());
}

async fn a_session_is_found_by_its_hash_until_it_is_purged(ground: Ground) {
    let (store, _) = ground.open().await;
    store.accounts().add(&account(1, "amy"), act()).await.unwrap();
    let mut sign_in = SignIn {
        token_hash: [7; 32],
        account: AccountId::from_number(1),
        created_at: At(1),
        last_seen_at: At(1),
        expires_at: At(100),
        revoked_at: None,
    };
    store.sign_ins().add(&sign_in).await.unwrap();
    store.sign_ins().touch(&[7; 32], At(50), At(150)).await.unwrap();
    (sign_in.last_seen_at, sign_in.expires_at) = (At(50), At(150));
    assert_eq!(store.sign_ins().lookup(&[7; 32]).await.unwrap(), Some(sign_in.clone()));
    let hash = Pii::new("$argon2id$new".to_owned());
    let reset = Act { at: At(60), ..act() };
    assert!(store.accounts().set_password(sign_in.account, &hash, reset).await.unwrap());
    store.sign_ins().revoke(&[7; 32], At(70)).await.unwrap();
    sign_in.revoked_at = Some(At(60));
    assert_eq!(store.sign_ins().lookup(&[7; 32]).await.unwrap(), Some(sign_in));
    store.sign_ins().purge(At(151)).await.unwrap();
    assert_eq!(store.sign_ins().lookup(&[7; 32]).await.unwrap(), None);
}

async fn the_four_roles_are_there(ground: Ground) {
    let (store, _) = ground.open().await;
    let roles = store.roles().list().await.unwrap();
    let codes: Vec<&str> = roles.iter().map(|role| role.code.as_str()).collect();
    assert_eq!(codes, ["administrator", "auditor", "counselor", "supervisor"]);
    assert!(roles[2].allows("contacts.take") && !roles[2].allows("lines.edit"));
}

fn line(number: u16, code: &str) -> LineRecord {
    LineRecord {
        code: code.to_owned(),
        name_zh: "青少年服务台".to_owned(),
        name_en: "Youth desk".to_owned(),
        owner: "团市委".to_owned(),
        numbers: vec![code.to_owned()],
        greetings: BTreeMap::from([("zh-CN".to_owned(), "你好".to_owned())]),
        crisis_numbers: "110 120".to_owned(),
        plan: Line {
            line: LineId(number),
            hours: Hours::Always,
            plan: RoutingPlan {
                steps: vec![Step { need: Need::Anyone, widens_after_ms: 1_000 }],
                last_rung: Some(LastRung::Full),
            },
            threshold_ms: 15_000,
            greeting_ms: 5_000,
            mixes_voice_and_chat: false,
            waiting_max: 100,
            triage_seats: Vec::new(),
        },
        saved_at: At(3),
    }
}

async fn a_line_is_saved_and_replaced(ground: Ground) {
    let (store, _) = ground.open().await;
    assert_eq!(store.lines().next_id().await.unwrap(), LineId(1));
    let mut made = line(1, "12355");
    store.lines().save(&made, act()).await.unwrap();
    assert_eq!(store.lines().next_id().await.unwrap(), LineId(2));
    made.plan.waiting_max = 7;
    store.lines().save(&made, act()).await.unwrap();
    assert_eq!(store.lines().list().await.unwrap(), [made.clone()]);
    assert_eq!(store.lines().lookup("12355").await.unwrap(), Some(made));
    let taken = store.lines().save(&line(2, "12355"), act()).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
}

async fn skills_get_numbers(ground: Ground) {
    let (store, _) = ground.open().await;
    let first = store.skills().add("family", "家庭", "Family", act()).await.unwrap();
    let second = store.skills().add("crisis", "危机", "Crisis", act()).await.unwrap();
    assert_eq!((first.skill, second.skill), (SkillId(1), SkillId(2)));
    assert_eq!(store.skills().list().await.unwrap(), [first, second]);
    let taken = store.skills().add("crisis", "危机", "Crisis", act()).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
}

async fn a_counselor_is_saved_and_replaced(ground: Ground) {
    let (store, _) = ground.open().await;
    let counselor = CounselorId::from_number(4);
    let profile =
        Profile { counselor, skills: vec![(SkillId(1), 3)], takes_voice: true, chats_max: 2 };
    let mut made =
        CounselorRecord { alias: "小雨".to_owned(), profile, removed: false, saved_at: At(1) };
    store.counselors().save(&made, act()).await.unwrap();
    made.removed = true;
    store.counselors().save(&made, act()).await.unwrap();
    assert_eq!(store.counselors().lookup(counselor).await.unwrap(), Some(made.clone()));
    assert_eq!(store.counselors().list().await.unwrap(), [made]);
}

async fn a_draft_becomes_a_note(ground: Ground) {
    let (store, _) = ground.open().await;
    let (contact, author) = (ContactId::from_number(1), CounselorId::from_number(2));
    let note = |number, kind, text: &str| Note {
        note: NoteId::from_number(number),
        contact,
        author,
        kind,
        text: Pii::new(text.to_owned()),
        client_id: None,
        outcome: Some("advised".to_owned()),
        risk: Some(Risk::Moderate),
        at: At(1),
    };
    store.notes().add(&note(1, NoteKind::Draft, "a")).await.unwrap();
    store.notes().add(&note(2, NoteKind::Draft, "ab")).await.unwrap();
    let draft = store.notes().draft(contact, author).await.unwrap();
    assert_eq!(draft, Some(note(2, NoteKind::Draft, "ab")));
    assert!(store.notes().list(contact).await.unwrap().is_empty());
    let closing = note(2, NoteKind::Closing, "abc");
    store.notes().add(&closing).await.unwrap();
    store.notes().add(&closing).await.unwrap();
    assert_eq!(store.notes().draft(contact, author).await.unwrap(), None);
    assert_eq!(store.notes().list(contact).await.unwrap().len(), 1);
    assert_eq!(store.notes().lookup(closing.note).await.unwrap(), Some(closing));
}

async fn a_whisper_is_stored_once_for_each_client_id_and_not_without_end(ground: Ground) {
    let (store, _) = ground.open().await;
    let contact = ContactId::from_number(1);
    let whisper = |number, author, client_id: &str| Note {
        note: NoteId::from_number(number),
        contact,
        author: CounselorId::from_number(author),
        kind: NoteKind::Whisper,
        text: Pii::new(format!("whisper {number}")),
        client_id: Some(client_id.to_owned()),
        outcome: None,
        risk: None,
        at: At(i64::try_from(number).unwrap()),
    };
    let first = whisper(1, 7, "a");
    let notes = store.notes();
    assert_eq!(notes.add_whisper(&first, 3).await.unwrap(), Some(first.clone()));
    assert_eq!(notes.add_whisper(&whisper(2, 7, "a"), 3).await.unwrap(), Some(first.clone()));
    let (beside, third) = (whisper(3, 8, "a"), whisper(4, 7, "b"));
    assert_eq!(notes.add_whisper(&beside, 3).await.unwrap(), Some(beside.clone()));
    assert_eq!(notes.add_whisper(&third, 3).await.unwrap(), Some(third.clone()));
    assert_eq!(notes.add_whisper(&whisper(5, 7, "c"), 3).await.unwrap(), None, "that is enough");
    assert_eq!(notes.add_whisper(&whisper(6, 7, "b"), 3).await.unwrap(), Some(third.clone()));
    assert_eq!(notes.list(contact).await.unwrap(), [first, beside, third]);
    let draft = notes.draft(contact, CounselorId::from_number(7)).await.unwrap();
    assert_eq!(draft, None);
}

async fn facts_tell_a_contacts_life(ground: Ground) {
    let (store, _) = ground.open().await;
    let (contact, counselor) = (ContactId::from_number(1), CounselorId::from_number(2));
    let offer = OfferId(5);
    let arrival = ArrivalFact {
        contact,
        line: LineId(1),
        channel: Channel::Chat,
        locale: "zh-CN".to_owned(),
        campaign: Some("poster-7".to_owned()),
        token_hash: [9; 32],
        risk: Risk::None,
        returning: Some(ContactId::from_number(8)),
        simulated: false,
        at: At(10),
        alias_root: ContactId::from_number(8),
    };
    let pick = Pick {
        rule: Rule::RiskThenAge,
        risk: Risk::None,
        waited_ms: 10,
        step: 0,
        fit: 3,
        idle_ms: 5,
        contacts_considered: 1,
        counselors_considered: 2,
        runner_up: None,
    };
    let facts = vec![
        ContactFact::Arrived(arrival.clone()),
        ContactFact::RiskChanged { contact, risk: Risk::High },
        ContactFact::Offered { offer, contact, counselor, pick, at: At(20) },
        ContactFact::Withdrawn { offer, reason: Withdrawn::Accepted, at: At(21) },
        ContactFact::Connected { contact, counselor, at: At(22) },
    ];
    let turn = Turn { facts: facts.clone(), ..Turn::default() };
    store.writer().turn(turn.clone()).await.unwrap();
    store.writer().turn(turn).await.unwrap();
    let talking = store.contacts().lookup(contact).await.unwrap().unwrap();
    assert_eq!((talking.state, talking.counselor), (ContactState::Talking, Some(counselor)));
    assert_eq!((talking.token_hash, talking.campaign), (arrival.token_hash, arrival.campaign));
    assert_eq!(talking.returning, arrival.returning);
    assert_eq!(store.contacts().list_open().await.unwrap().len(), 1);
    let facts = vec![
        ContactFact::WrapUp { contact },
        ContactFact::Ended { contact, end: End::SeekerEnded, at: At(30) },
        ContactFact::Released { contact, counselor, reason: Released::Closed, at: At(40) },
        ContactFact::Closed { contact, at: At(40) },
    ];
    store.writer().turn(Turn { facts, ..Turn::default() }).await.unwrap();
    let closed = &store.contacts().list(At(11), 10).await.unwrap()[0];
    assert_eq!((closed.state, closed.closed_at), (ContactState::Closed, Some(At(40))));
    assert_eq!(closed.ended, Some((At(30), End::SeekerEnded)));
    assert!(store.contacts().list_open().await.unwrap().is_empty());
    let talks = store.contacts().talks(contact).await.unwrap();
    assert_eq!((talks.len(), talks[0].began_at, talks[0].released_at), (1, At(22), Some(At(40))));
    let picks = store.contacts().picks(contact).await.unwrap();
    assert_eq!((picks.len(), picks[0].pick), (1, pick));
    assert_eq!(picks[0].withdrawn.as_deref(), Some("accepted"));
}

async fn a_row_that_fits_no_state_names_table_column_and_id(ground: Ground) {
    let (store, _) = ground.open().await;
    store.accounts().add(&account(1, "amy"), act()).await.unwrap();
    ground.outside("UPDATE accounts SET disabled = 7").await;
    let fault = store.accounts().list().await.unwrap_err().to_string();
    let id = AccountId::from_number(1);
    assert_eq!(fault, format!("inconsistent row: accounts.disabled of {id}"));
}
