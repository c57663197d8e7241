//! A house to look around in: the three lines of Yichun, counselors `demo1` … , a supervisor and an
//! administrator. Never beside real people: a database that holds other accounts is refused.

pub mod phones;
mod replies;

use crate::accounts::password::{self, PasswordCost};
use crate::clock::{At, Clock};
use crate::config::Demo;
use crate::dice;
use crate::ids::{AccountId, CounselorId, LineId, SkillId};
use crate::office::saved;
use crate::sip::phone::FixedPhone;
use crate::store::accounts::Account;
use crate::store::counselors::CounselorRecord;
use crate::store::lines::LineRecord;
use crate::store::{Act, Store};
use crate::switchboard::line::{Hours, LastRung, RoutingPlan, Step};
use crate::switchboard::{Line, Need, Profile};
use crate::veil::Pii;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// The password of every demo account.
pub const PASSWORD: &str = "xinqiao-demo";
/// Chats a demo counselor holds at once: five, so that a load generator can play a hundred talks.
const CHATS_MAX: u8 = 5;

/// Codes and names of the demo's skills; the number is the place in this list, from 1.
const SKILLS: [(&str, &str, &str); 9] = [
    ("mandarin", "普通话", "Mandarin"),
    ("dialect_gan", "赣语（宜春话）", "Gan dialect"),
    ("english", "英语", "English"),
    ("adolescents", "青少年", "Adolescents"),
    ("family", "家庭与亲子", "Family"),
    ("school", "学业与校园", "School"),
    ("crisis", "危机干预", "Crisis-qualified"),
    ("gender_female", "女咨询员", "A woman"),
    ("gender_male", "男咨询员", "A man"),
];
const ADOLESCENTS: SkillId = SkillId(4);
const FAMILY: SkillId = SkillId(5);
const CRISIS: SkillId = SkillId(7);

/// Seeds what is missing. Starting the demo again changes nothing.
///
/// # Errors
/// A database that holds other accounts, or trouble of the store.
pub async fn seed(store: &Store, clock: &Clock, counselors: u16, cost: PasswordCost) -> Result<()> {
    let accounts = store.accounts().list().await.context("list the accounts")?;
    if accounts.iter().any(|account| !account.demo) {
        bail!(
            "--demo refuses this database: it holds accounts that are not the demo's; \
             give --data another directory, or start without --demo"
        );
    }
    let at = clock.now();
    seed_skills(store, at).await?;
    let wanted = (1..=counselors).map(|number| (format!("demo{number}"), "counselor", number));
    let others =
        [("super1".to_owned(), "supervisor", 0), ("admin1".to_owned(), "administrator", 0)];
    let missing: Vec<_> = others
        .into_iter()
        .chain(wanted)
        .filter(|(username, ..)| accounts.iter().all(|account| account.username != *username))
        .collect();
    let mut supervisor =
        accounts.iter().find(|account| account.username == "super1").map(|a| a.account);
    if !missing.is_empty() {
        let hash = hash_password(cost).await?;
        for (username, role, number) in missing {
            let account = AccountId(dice::uuid(at));
            add_account(store, at, account, &username, role, number, hash.clone()).await?;
            if role == "supervisor" {
                supervisor = Some(account);
            }
        }
    }
    seed_lines(store, at, supervisor).await?;
    replies::seed(store, at).await
}

/// Seeds the counselors who answer on telephones, and tells where those are.
///
/// # Errors
/// Trouble of the store.
pub async fn seed_phones(
    store: &Store,
    clock: &Clock,
    demo: &Demo,
    cost: PasswordCost,
) -> Result<Vec<FixedPhone>> {
    if demo.phone_counselors == 0 {
        return Ok(Vec::new());
    }
    let hash = hash_password(cost).await?;
    phones::seed(store, clock.now(), &demo.phones, demo.phone_counselors, &hash).await
}

/// One hash for all: the password is printed on the screen anyway.
async fn hash_password(cost: PasswordCost) -> Result<Pii<String>> {
    let secret = Pii::new(PASSWORD.to_owned());
    Ok(tokio::task::spawn_blocking(move || password::hash(&secret, cost)).await??)
}

async fn seed_skills(store: &Store, at: At) -> Result<()> {
    let known = store.skills().list().await?;
    for (code, name_zh, name_en) in SKILLS {
        if known.iter().all(|skill| skill.code != code) {
            store.skills().add(code, name_zh, name_en, act(at, "demo_skill", code)).await?;
        }
    }
    Ok(())
}

async fn add_account(
    store: &Store,
    at: At,
    account: AccountId,
    username: &str,
    role: &str,
    number: u16,
    hash: Pii<String>,
) -> Result<()> {
    let alias = alias_of(role, number);
    let row = Account {
        account,
        username: username.to_owned(),
        display_alias: alias.clone(),
        password_hash: hash,
        totp_secret: None,
        role: role.to_owned(),
        failed_count: 0,
        locked_until: None,
        disabled: false,
        demo: true,
        created_at: at,
    };
    store.accounts().add(&row, act(at, "demo_account", username)).await?;
    if role != "administrator" {
        let profile = profile_of(CounselorId::from(account), number);
        let record = CounselorRecord { alias, profile, removed: false, saved_at: at };
        store.counselors().save(&record, act(at, "demo_counselor", username)).await?;
    }
    Ok(())
}

fn alias_of(role: &str, number: u16) -> String {
    const NAMES: [&str; 10] =
        ["小满", "谷雨", "清明", "白露", "立春", "小寒", "芒种", "霜降", "冬至", "夏至"];
    match role {
        "supervisor" => "督导 青松".to_owned(),
        "administrator" => "管理员".to_owned(),
        _ => {
            let index = usize::from(number.saturating_sub(1));
            let name = NAMES.get(index % NAMES.len()).unwrap_or(&"小满");
            let round = index / NAMES.len();
            if round == 0 { (*name).to_owned() } else { format!("{name}{}", round + 1) }
        }
    }
}

/// Everyone speaks Mandarin and sees adolescents; the rest is spread over the team.
fn profile_of(counselor: CounselorId, number: u16) -> Profile {
    let level = |offset: u16| u8::try_from((number + offset) % 5 + 1).unwrap_or(1);
    let mut skills = vec![(SkillId(1), 5), (ADOLESCENTS, level(2))];
    if number.is_multiple_of(3) {
        skills.push((SkillId(2), level(1)));
    }
    if number.is_multiple_of(4) {
        skills.push((SkillId(3), level(0)));
    }
    if number.is_multiple_of(2) {
        skills.push((FAMILY, level(3)));
    } else {
        skills.push((SkillId(6), level(1)));
    }
    if number.is_multiple_of(5) || number == 0 {
        skills.push((CRISIS, 4));
    }
    skills.push((if number.is_multiple_of(2) { SkillId(9) } else { SkillId(8) }, 5));
    skills.sort_unstable();
    let chats_max = if number == 0 { 2 } else { CHATS_MAX };
    Profile { counselor, skills, takes_voice: true, chats_max }
}

async fn seed_lines(store: &Store, at: At, supervisor: Option<AccountId>) -> Result<()> {
    let known = store.lines().list().await?;
    let lines = [
        ("12355", "12355 青少年服务台", "12355 Youth Service", "共青团宜春市委员会", ADOLESCENTS),
        ("966525", "966525 心理服务热线", "966525 Psychological Line", "宜春市委政法委", FAMILY),
        (
            "4009151095",
            "4009151095 心理援助热线",
            "4009151095 Help Line",
            "（归口单位待定）",
            ADOLESCENTS,
        ),
    ];
    for (number, (code, name_zh, name_en, owner, skill)) in (1_u16..).zip(lines) {
        if known.iter().any(|line| line.code == code) {
            continue;
        }
        let record = LineRecord {
            code: code.to_owned(),
            name_zh: name_zh.to_owned(),
            name_en: name_en.to_owned(),
            owner: owner.to_owned(),
            numbers: vec![code.to_owned()],
            greetings: greetings(),
            crisis_numbers: serde_json::to_string(&saved::crisis_numbers())?,
            plan: line_of(LineId(number), skill, supervisor),
            saved_at: at,
        };
        store.lines().save(&record, act(at, "demo_line", code)).await?;
    }
    Ok(())
}

fn greetings() -> BTreeMap<String, String> {
    [
        ("zh-CN", "你好，这里有人在听。你可以慢慢说，不用说出名字。"),
        ("en", "Hello. Somebody is here to listen. Take your time; you need not give your name."),
    ]
    .map(|(locale, text)| (locale.to_owned(), text.to_owned()))
    .into()
}

fn line_of(line: LineId, skill: SkillId, supervisor: Option<AccountId>) -> Line {
    let step = |need: Need, widens_after_ms: i64| Step { need, widens_after_ms };
    let plan = RoutingPlan {
        steps: vec![
            step(Need::Skill { skill, at_least: 3 }, 20_000),
            step(Need::Skill { skill, at_least: 1 }, 40_000),
            step(Need::Anyone, 3_600_000),
        ],
        last_rung: Some(LastRung::Full),
    };
    Line {
        line,
        hours: Hours::Always,
        plan,
        threshold_ms: 15_000,
        greeting_ms: 10_000,
        mixes_voice_and_chat: false,
        waiting_max: 20_000,
        triage_seats: supervisor.map(CounselorId::from).into_iter().collect(),
    }
}

fn act(at: At, act: &str, of: &str) -> Act {
    Act::new(at, act, of, "demo")
}
