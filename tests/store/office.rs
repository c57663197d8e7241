//! What the office saves: canned replies, names of skills, accounts with their profiles.

use crate::ground::Ground;
use std::collections::BTreeMap;
use xinqiao::clock::At;
use xinqiao::ids::{AccountId, CounselorId, LineId, ReplyId, SkillId};
use xinqiao::store::accounts::Account;
use xinqiao::store::counselors::CounselorRecord;
use xinqiao::store::lines::LineRecord;
use xinqiao::store::replies::CannedReply;
use xinqiao::store::sign_ins::SignIn;
use xinqiao::store::{Act, Store, StoreError};
use xinqiao::switchboard::line::{Hours, LastRung, Step};
use xinqiao::switchboard::{Line, Need, Profile, RoutingPlan};
use xinqiao::veil::Pii;

on_both_engines!(
    a_canned_reply_is_saved_replaced_and_taken_away,
    a_canned_reply_of_no_line_is_a_conflict,
    a_skill_is_renamed_and_keeps_its_number,
    a_counselor_and_the_account_are_made_together_or_not_at_all,
    a_counselor_and_the_account_bear_one_alias,
    a_closed_account_and_a_new_password_end_every_session,
    the_new_permission_is_granted,
);

fn act() -> Act {
    Act::new(At(1), "test", "it", "test")
}

fn reply(number: u128, line: Option<LineId>) -> CannedReply {
    CannedReply {
        reply: ReplyId::from_number(number),
        title: "开场".to_owned(),
        text: "你好，\n我在。".to_owned(),
        locale: "zh-CN".to_owned(),
        line,
        saved_at: At(7),
    }
}

async fn add_line(store: &Store) {
    let record = LineRecord {
        code: "12355".to_owned(),
        name_zh: "青少年服务台".to_owned(),
        name_en: "Youth desk".to_owned(),
        owner: "团市委".to_owned(),
        numbers: Vec::new(),
        greetings: BTreeMap::new(),
        crisis_numbers: "[]".to_owned(),
        plan: Line {
            line: LineId(1),
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
    };
    store.lines().save(&record, act()).await.unwrap();
}

fn account(number: u128, username: &str) -> Account {
    Account {
        account: AccountId::from_number(number),
        username: username.to_owned(),
        display_alias: "小雨".to_owned(),
        password_hash: Pii::new("$argon2id$".to_owned()),
        totp_secret: None,
        role: "counselor".to_owned(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: true,
        created_at: At(5),
    }
}

fn profile(number: u128, alias: &str) -> CounselorRecord {
    let counselor = CounselorId::from_number(number);
    CounselorRecord {
        alias: alias.to_owned(),
        profile: Profile {
            counselor,
            skills: vec![(SkillId(1), 3)],
            takes_voice: true,
            chats_max: 2,
        },
        removed: false,
        saved_at: At(5),
    }
}

async fn a_canned_reply_is_saved_replaced_and_taken_away(ground: Ground) {
    let (store, _) = ground.open().await;
    add_line(&store).await;
    let (mut first, second) = (reply(1, None), reply(2, Some(LineId(1))));
    store.replies().save(&second, act()).await.unwrap();
    store.replies().save(&first, act()).await.unwrap();
    (first.title, first.saved_at) = ("慢慢来".to_owned(), At(8));
    store.replies().save(&first, act()).await.unwrap();
    assert_eq!(store.replies().list().await.unwrap(), [first.clone(), second.clone()]);
    assert!(store.replies().remove(first.reply, act()).await.unwrap());
    let acts = store.journal().head().await.unwrap().seq;
    assert!(!store.replies().remove(first.reply, act()).await.unwrap());
    assert_eq!(store.journal().head().await.unwrap().seq, acts, "nothing done, nothing journaled");
    assert_eq!(store.replies().list().await.unwrap(), [second]);
}

async fn a_canned_reply_of_no_line_is_a_conflict(ground: Ground) {
    let (store, _) = ground.open().await;
    let refused = store.replies().save(&reply(1, Some(LineId(9))), act()).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.replies().list().await.unwrap(), []);
}

async fn a_skill_is_renamed_and_keeps_its_number(ground: Ground) {
    let (store, _) = ground.open().await;
    let made = store.skills().add("family", "家庭", "Family", act()).await.unwrap();
    let renamed = store.skills().rename("family", "家庭与亲子", "Family", act()).await.unwrap();
    assert_eq!((renamed.skill, renamed.name_zh.as_str()), (made.skill, "家庭与亲子"));
    assert_eq!(store.skills().list().await.unwrap(), [renamed]);
    let nobody = store.skills().rename("tarot", "占卜", "Tarot", act()).await;
    assert!(matches!(nobody, Err(StoreError::Conflict { .. })));
}

async fn a_counselor_and_the_account_are_made_together_or_not_at_all(ground: Ground) {
    let (store, _) = ground.open().await;
    let accounts = store.accounts();
    accounts.add_counselor(&account(1, "amy"), &profile(1, "小雨"), act()).await.unwrap();
    let taken = accounts.add_counselor(&account(2, "amy"), &profile(2, "小满"), act()).await;
    assert!(matches!(taken, Err(StoreError::Conflict { .. })));
    assert_eq!(store.counselors().list().await.unwrap(), [profile(1, "小雨")]);
    assert_eq!(accounts.list().await.unwrap(), [account(1, "amy")]);
}

async fn a_counselor_and_the_account_bear_one_alias(ground: Ground) {
    let (store, _) = ground.open().await;
    let mut made = account(1, "amy");
    store.accounts().add_counselor(&made, &profile(1, "小雨"), act()).await.unwrap();
    store.counselors().save(&profile(1, "谷雨"), act()).await.unwrap();
    let named = store.accounts().lookup(made.account).await.unwrap().unwrap();
    assert_eq!(named.display_alias, "谷雨");
    made.display_alias = "白露".to_owned();
    assert!(store.accounts().edit(&made, Some(&profile(1, "白露")), act()).await.unwrap());
    assert_eq!(store.counselors().list().await.unwrap(), [profile(1, "白露")]);
    assert_eq!(store.accounts().list().await.unwrap(), [made]);
}

async fn a_closed_account_and_a_new_password_end_every_session(ground: Ground) {
    let (store, _) = ground.open().await;
    let made = account(1, "amy");
    store.accounts().add(&made, act()).await.unwrap();
    store.accounts().count_failure(made.account, Some(At(9))).await.unwrap();
    let session = async |token: u8| {
        let sign_in = SignIn {
            token_hash: [token; 32],
            account: made.account,
            created_at: At(1),
            last_seen_at: At(1),
            expires_at: At(100),
            revoked_at: None,
        };
        store.sign_ins().add(&sign_in).await.unwrap();
    };
    let revoked_at =
        async |token: u8| store.sign_ins().lookup(&[token; 32]).await.unwrap().unwrap().revoked_at;
    session(1).await;
    let hash = Pii::new("$argon2id$new".to_owned());
    let reset = Act { at: At(20), ..act() };
    assert!(store.accounts().set_password(made.account, &hash, reset).await.unwrap());
    assert_eq!(revoked_at(1).await, Some(At(20)));
    let found = store.accounts().lookup(made.account).await.unwrap().unwrap();
    assert_eq!((found.failed_count, found.locked_until), (0, None), "the lock is over too");
    session(2).await;
    assert!(store.accounts().edit(&made, None, Act { at: At(30), ..act() }).await.unwrap());
    assert_eq!(revoked_at(2).await, None, "an open account's sessions go on");
    let closed = Account { disabled: true, ..made.clone() };
    assert!(store.accounts().edit(&closed, None, Act { at: At(40), ..act() }).await.unwrap());
    assert_eq!(revoked_at(2).await, Some(At(40)));
}

async fn the_new_permission_is_granted(ground: Ground) {
    let (store, _) = ground.open().await;
    let roles = store.roles().list().await.unwrap();
    let may =
        |code: &str| roles.iter().any(|role| role.code == code && role.allows("replies.edit"));
    assert_eq!(
        ["administrator", "auditor", "counselor", "supervisor"].map(may),
        [true, false, false, true]
    );
}
