//! The demo's canned replies: how the house would like to be spoken for.
//!
//! After common practice of crisis lines: warm and short, one thing at a time; suicide is asked
//! about in plain words, which does no harm and opens the talk (WHO, *Preventing suicide: a
//! resource for establishing a crisis line*, 2018); slowing the breath and 5-4-3-2-1 for
//! grounding; danger is answered with means out of reach, a person near, and the numbers; no
//! promise that the house could not keep. A counselor changes them before sending.

use super::act;
use crate::clock::At;
use crate::dice;
use crate::ids::{LineId, ReplyId};
use crate::store::Store;
use crate::store::replies::CannedReply;
use anyhow::{Context, Result};

/// Locale, code of the line or empty, title, text.
type Written = (&'static str, &'static str, &'static str, &'static str);

const REPLIES: [Written; 26] = [
    (
        "zh-CN",
        "",
        "开场",
        "你好，我在。这里可以慢慢说，不用说名字，想到哪里就说到哪里。今天是什么让你想来聊聊？",
    ),
    ("zh-CN", "", "等久了的人", "让你等了这么久，辛苦了，谢谢你没有走。我现在就陪你，我们慢慢来。"),
    (
        "zh-CN",
        "",
        "沉默时",
        "不着急，我还在这里。如果现在很难开口，发一个字、一个标点也可以，我等你。",
    ),
    (
        "zh-CN",
        "",
        "很久没有回应",
        "我还在。如果你现在不方便打字，没关系。要是需要先离开，也可以，之后随时再来，这里一直有人。",
    ),
    (
        "zh-CN",
        "",
        "我听到了",
        "谢谢你愿意告诉我这些，说出来一定不容易。听起来，这段时间你一个人撑了很久。我理解得对吗？",
    ),
    (
        "zh-CN",
        "",
        "关于保密",
        "你说的话，我们不会随便告诉学校或家里。只有一种例外：你或别人有生命危险，或者有人正在伤害你。那时我们要请人来帮忙，我会尽量先告诉你。",
    ),
    (
        "zh-CN",
        "",
        "慢下来：呼吸",
        "我们先一起慢下来，好吗？把脚踩在地上，吸气，心里数四下；停一下；再慢慢呼气，数六下。做三次就好，不用做得很好。做完告诉我，你现在感觉怎么样。",
    ),
    (
        "zh-CN",
        "",
        "着陆练习 5-4-3-2-1",
        "我们做一个小练习，让自己回到此刻。看看周围：5 样你看见的东西，4 样你摸得到的，3 种你听到的声音，2 种你闻到的气味，1 种嘴里的味道。一样一样来，可以打给我看，也可以在心里说。",
    ),
    (
        "zh-CN",
        "",
        "直接问：想过结束生命吗",
        "听到你这么难受，我想直接问你一句，因为这很重要：你有没有想过结束自己的生命？怎么回答都可以，我不会被吓到，也不会责怪你。",
    ),
    (
        "zh-CN",
        "",
        "问清楚：现在安全吗",
        "谢谢你告诉我，这需要很大的勇气。我想知道你现在安不安全：你想过用什么方法吗？那样东西在身边吗？有没有想过什么时候？",
    ),
    (
        "zh-CN",
        "",
        "先离危险远一点",
        "我们先做一件事，好吗？把可能伤到自己的东西放到不容易拿到的地方，或者交给身边的人，然后到有人的房间去。做好了告诉我，我在这里等你。",
    ),
    (
        "zh-CN",
        "",
        "紧急号码 110 / 120 / 12356",
        "如果你现在有危险，或者已经受伤、吃了药，请马上拨打 120（急救）或 110（报警），也可以请身边的人帮你打。全国心理援助热线是 12356。打电话的时候不用离开这里，我陪着你。",
    ),
    (
        "zh-CN",
        "",
        "有人在伤害你",
        "有人这样对你，不是你的错。你现在和那个人在一起吗？如果有危险，请马上打 110。愿意的话，我们一起想一想，谁可以先来到你身边。",
    ),
    (
        "zh-CN",
        "",
        "一个信得过的人",
        "在你身边，有没有一个人，是你觉得可以说一点点的？家人、老师、同学、邻居都可以。我们可以一起想想，第一句话怎么说。",
    ),
    (
        "zh-CN",
        "12355",
        "学校里的事",
        "听起来，学校里的事压得你喘不过气。成绩和名次不能说明你是怎样的一个人。现在最让你难受的，是哪一件？",
    ),
    (
        "zh-CN",
        "",
        "转给同事",
        "我想请一位更熟悉这方面的同事来陪你，可以吗？我会把要紧的告诉对方，你不用从头再说一遍。转接的时候请先不要离开。",
    ),
    (
        "zh-CN",
        "",
        "商量下一步",
        "我们聊了不少。在今天剩下的时间里，有哪一件小事是你做得到的？喝点水、洗把脸、给一个人发条消息都算。我们定一件就好，小一点没关系。",
    ),
    (
        "zh-CN",
        "",
        "结束",
        "谢谢你今天愿意来，你做了一件不容易的事。以后不管白天还是夜里，需要的时候随时再来。照顾好自己，慢慢来。",
    ),
    (
        "en",
        "",
        "Opening",
        "Hello, I am here. Take your time; you need not give your name, and you can begin anywhere. What made you want to talk today?",
    ),
    (
        "en",
        "",
        "After silence",
        "No hurry, I am still here. If it is hard to begin, one word or one letter is enough. I will wait.",
    ),
    (
        "en",
        "",
        "Slowing down",
        "Let us slow down together. Put your feet on the floor, breathe in while you count to four, wait a moment, and breathe out slowly while you count to six. Three times is enough. Then tell me how you are.",
    ),
    (
        "en",
        "",
        "Grounding 5-4-3-2-1",
        "Let us come back to this moment. Look around: 5 things you can see, 4 you can touch, 3 you can hear, 2 you can smell, 1 you can taste. One by one; write them to me or say them to yourself.",
    ),
    (
        "en",
        "",
        "Asking about suicide",
        "You sound in so much pain that I want to ask you directly, because it matters: have you thought of ending your life? Any answer is all right. It will not frighten me, and I will not judge you.",
    ),
    (
        "en",
        "",
        "Danger: 110 / 120 / 12356",
        "If you are in danger now, or hurt, or have taken something, please call 120 (ambulance) or 110 (police) at once, or ask somebody near you to call. 12356 is the national psychological help line. You need not leave this chat; I will stay with you.",
    ),
    (
        "en",
        "",
        "Agreeing on a next step",
        "We have talked about a lot. What is one small thing you could do with the rest of today? A glass of water, washing your face, a message to one person: one is enough.",
    ),
    (
        "en",
        "",
        "Closing",
        "Thank you for coming today; it was not an easy thing to do. Come back whenever you need to, by day or by night. Take care of yourself.",
    ),
];

/// Writes them where there are none.
pub(super) async fn seed(store: &Store, at: At) -> Result<()> {
    if !store.replies().list().await.context("list the canned replies")?.is_empty() {
        return Ok(());
    }
    let lines = store.lines().list().await?;
    for (place, (locale, line, title, text)) in (0_i64..).zip(REPLIES) {
        let known = lines.iter().find(|known| known.code == line).map(|known| known.plan.line);
        let line: Option<LineId> = if line.is_empty() { None } else { known };
        // Ids in the order of this list.
        let reply = ReplyId(dice::uuid(at + place));
        let record = CannedReply {
            reply,
            title: title.to_owned(),
            text: text.to_owned(),
            locale: locale.to_owned(),
            line,
            saved_at: at,
        };
        store.replies().save(&record, act(at, "demo_reply", &reply.to_string())).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_danger_reply_gives_the_numbers_in_both_languages() {
        for locale in ["zh-CN", "en"] {
            let has = |number: &str| {
                REPLIES.iter().any(|(is, _, _, text)| *is == locale && text.contains(number))
            };
            assert!(["110", "120", "12356"].into_iter().all(has), "{locale}");
        }
    }
}
