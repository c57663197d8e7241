//! Sentences with numbers in them, put together from recordings.
//!
//! Pure, so that the grammar of both languages is tested without a sound.

use super::key::{NUMBER_MAX, PromptKey};
use crate::live::card::Locale;

const HOUR_MINUTES: u32 = 60;

/// "You are number three in the queue." Nothing for place 0: who is not in the queue has none.
#[must_use]
pub fn position(place: u32, _locale: Locale) -> Vec<PromptKey> {
    match small(place) {
        Some(0) => Vec::new(),
        Some(place) => {
            vec![PromptKey::PositionBefore, PromptKey::Number(place), PromptKey::PositionAfter]
        }
        None => vec![PromptKey::PositionMany],
    }
}

/// "It takes about five to ten minutes": the lower end rounded down, the upper end up, so that the
/// truth lies between.
#[must_use]
pub fn wait(low_s: u32, high_s: u32, locale: Locale) -> Vec<PromptKey> {
    let high_s = high_s.max(low_s);
    let high_min = high_s.div_ceil(60);
    if high_min <= 1 {
        return vec![PromptKey::WaitSoon];
    }
    let low_min = low_s.div_euclid(60).max(1);
    if low_min >= HOUR_MINUTES {
        return vec![PromptKey::WaitOverHour];
    }
    let is_longer = high_min > HOUR_MINUTES;
    let high_min = high_min.min(HOUR_MINUTES);
    let mut said = vec![PromptKey::WaitBefore];
    if low_min < high_min {
        said.extend([counted(low_min, locale), PromptKey::WaitTo]);
    }
    said.extend([counted(high_min, locale), PromptKey::WaitMinutes]);
    said.extend(is_longer.then_some(PromptKey::WaitOrLonger));
    said
}

/// "The counselor's connection broke off. We will wait at most sixty seconds. If it does not come
/// back, another counselor will answer you first."
#[must_use]
pub fn counselor_lost(grace_s: u32, locale: Locale) -> Vec<PromptKey> {
    let mut said = vec![PromptKey::CounselorLost, PromptKey::KeptBefore];
    match grace_s {
        // "At most nothing" helps nobody.
        0 => return vec![PromptKey::WaitsAgain],
        1..=60 => said.extend([counted(grace_s, locale), PromptKey::KeptSeconds]),
        _ => {
            let minutes = grace_s.div_ceil(60).min(HOUR_MINUTES);
            said.extend([counted(minutes, locale), PromptKey::KeptMinutes]);
        }
    }
    said.push(PromptKey::KeptAfter);
    said
}

/// So many of something.
fn counted(count: u32, locale: Locale) -> PromptKey {
    match (small(count), locale) {
        (Some(2), Locale::ZhCn) => PromptKey::TwoCounted,
        (Some(count), _) => PromptKey::Number(count.max(1)),
        (None, _) => PromptKey::Number(NUMBER_MAX),
    }
}

fn small(number: u32) -> Option<u8> {
    u8::try_from(number).ok().filter(|number| *number <= NUMBER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use toml::Table;

    /// What is heard, read from the texts.
    fn heard(keys: &[PromptKey], locale: Locale) -> String {
        let (text, space) = match locale {
            Locale::ZhCn => (include_str!("../../../config/prompts/zh-CN.toml"), ""),
            Locale::En => (include_str!("../../../config/prompts/en.toml"), " "),
        };
        let table: Table = toml::from_str(text).unwrap();
        let words: Vec<&str> =
            keys.iter().map(|key| table[&key.name()].as_str().unwrap()).collect();
        words.join(space)
    }

    #[test]
    fn a_place_is_said_as_people_say_it() {
        for (place, zh, en) in [
            (1, "你排在第一位。", "You are number one in the queue."),
            (2, "你排在第二位。", "You are number two in the queue."),
            (11, "你排在第十一位。", "You are number eleven in the queue."),
            (20, "你排在第二十位。", "You are number twenty in the queue."),
            (22, "你排在第二十二位。", "You are number twenty-two in the queue."),
            (60, "你排在第六十位。", "You are number sixty in the queue."),
            (61, "你前面还有六十个人，或者更多。", "There are sixty people before you, or more."),
            (
                u32::MAX,
                "你前面还有六十个人，或者更多。",
                "There are sixty people before you, or more.",
            ),
        ] {
            assert_eq!(heard(&position(place, Locale::ZhCn), Locale::ZhCn), zh);
            assert_eq!(heard(&position(place, Locale::En), Locale::En), en);
        }
        assert_eq!(position(0, Locale::ZhCn), []);
    }

    #[test]
    fn a_wait_is_said_in_minutes_that_hold_the_truth() {
        for (low, high, zh, en) in [
            (0, 60, "大约一分钟之内。", "Within about a minute."),
            (0, 61, "大约还要一到两分钟。", "It takes about one to two minutes."),
            (119, 170, "大约还要一到三分钟。", "It takes about one to three minutes."),
            (120, 120, "大约还要两分钟。", "It takes about two minutes."),
            (150, 600, "大约还要两到十分钟。", "It takes about two to ten minutes."),
            (
                720,
                1_320,
                "大约还要十二到二十二分钟。",
                "It takes about twelve to twenty-two minutes.",
            ),
            (600, 300, "大约还要十分钟。", "It takes about ten minutes."),
            (
                2_400,
                4_000,
                "大约还要四十到六十分钟。也可能更久。",
                "It takes about forty to sixty minutes. It may take longer.",
            ),
            (3_600, 9_000, "可能要等一个小时以上。", "It may take more than an hour."),
            (u32::MAX, u32::MAX, "可能要等一个小时以上。", "It may take more than an hour."),
        ] {
            assert_eq!(heard(&wait(low, high, Locale::ZhCn), Locale::ZhCn), zh);
            assert_eq!(heard(&wait(low, high, Locale::En), Locale::En), en);
        }
    }

    #[test]
    fn how_long_a_line_is_kept_is_said_with_its_unit() {
        for (grace_s, zh, en) in [
            (2, "两秒，", "two seconds."),
            (60, "六十秒，", "sixty seconds."),
            (120, "两分钟，", "two minutes."),
            (150, "三分钟，", "three minutes."),
        ] {
            assert!(heard(&counselor_lost(grace_s, Locale::ZhCn), Locale::ZhCn).contains(zh));
            assert!(heard(&counselor_lost(grace_s, Locale::En), Locale::En).contains(en));
        }
    }

    #[test]
    fn whatever_the_numbers_only_prompts_that_exist_are_said() {
        for number in (0..130).chain([3_599, 3_600, 3_601, 86_400, u32::MAX]) {
            for locale in [Locale::ZhCn, Locale::En] {
                let said = [
                    position(number, locale),
                    wait(number, number, locale),
                    wait(number / 2, number, locale),
                    counselor_lost(number, locale),
                ];
                for key in said.concat() {
                    assert!(PromptKey::lookup(&key.name()).is_some(), "{key:?}");
                }
            }
        }
    }
}
