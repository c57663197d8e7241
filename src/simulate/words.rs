//! Neutral filler that synthetic people type, and the tag that makes each text one of its kind.
//!
//! Written for this file: it says nothing of anybody, and nobody in it is in distress.
//! The tag at the end (`〔s3〕`: the seeker's third message) lets the other side prove that
//! what was acked is what arrived, once.

use super::chance::Chance;

/// Who typed a synthetic text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Seeker,
    Counselor,
}

/// One synthetic message of a talk: its side and its number there, from 1.
pub type Tag = (Side, u32);

const FILLER: [&str; 16] = [
    "今天食堂的汤有一点咸，",
    "窗外的树叶黄了一半，",
    "我把书包放在靠门的椅子上，",
    "公交车比平时晚到了几分钟，",
    "操场边新装了一排路灯，",
    "昨天的作业本还在桌上，",
    "楼下的小店换了一块招牌，",
    "下午可能会下一场小雨，",
    "图书馆三楼的座位比较安静，",
    "我刚给花浇了水，",
    "钟楼的指针走得很准，",
    "路口的红灯大约四十秒，",
    "这支笔写起来很顺，",
    "周末打算把房间整理一下，",
    "河边有人在放风筝，",
    "水杯里还剩半杯温水，",
];

/// A text of about `chars` characters (1 to 1,000) with its tag.
pub fn text(chance: &mut Chance, chars: f64, tag: Tag) -> String {
    let mut text = String::new();
    let mut count = 0.0;
    let wanted = chars.clamp(1.0, 1000.0);
    while count < wanted {
        let sentence = chance.pick(&FILLER).copied().unwrap_or("好，");
        for letter in sentence.chars() {
            if count >= wanted {
                break;
            }
            text.push(letter);
            count += 1.0;
        }
    }
    let letter = match tag.0 {
        Side::Seeker => 's',
        Side::Counselor => 'c',
    };
    format!("{text}〔{letter}{}〕", tag.1)
}

/// The tag of a text; `None` when nobody synthetic typed it.
pub fn tag(text: &str) -> Option<Tag> {
    let (_, tag) = text.rsplit_once('〔')?;
    let tag = tag.strip_suffix('〕')?;
    let side = if tag.starts_with('s') { Side::Seeker } else { Side::Counselor };
    let number = tag.strip_prefix(['s', 'c'])?;
    Some((side, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_its_length_and_gives_its_tag_back() {
        let text = text(&mut Chance::new(1), 30.0, (Side::Counselor, 12));
        assert_eq!(text.chars().count(), 30 + 5);
        assert_eq!(tag(&text), Some((Side::Counselor, 12)));
        assert_eq!(tag("您好"), None);
    }
}
