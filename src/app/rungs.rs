//! What a seeker is told when nobody can come: plain words, then the numbers that help.

use crate::live::card::Locale;
use crate::live::directory::LineFace;
use crate::switchboard::effect::RungCause;
use crate::switchboard::line::LastRung;

/// What is said, in the seeker's language.
#[must_use]
pub fn text(face: &LineFace, rung: &LastRung, cause: RungCause, locale: Locale) -> String {
    let full = match locale {
        Locale::ZhCn => face.full_text.zh.as_str(),
        Locale::En => face.full_text.en.as_str(),
    };
    let first = match (rung, cause, locale) {
        (_, RungCause::Outage, Locale::ZhCn) => "这条热线的线上系统正在检修，暂时不能接待。",
        (_, RungCause::Outage, Locale::En) => "This line is out of service just now.",
        (LastRung::CallBack, _, Locale::ZhCn) => "现在没有咨询员能接待你，我们会尽快回复你。",
        (LastRung::CallBack, _, Locale::En) => {
            "No counselor can take you just now; we will come back to you as soon as we can."
        }
        (LastRung::Forward { .. }, _, Locale::ZhCn) => "正在为你转到另一条热线，请不要离开。",
        (LastRung::Forward { .. }, _, Locale::En) => {
            "We are passing you on to another line; please stay."
        }
        (LastRung::Full, _, _) => full,
    };
    let mut text = first.to_owned();
    text.push_str(match locale {
        Locale::ZhCn => "如果你正处在危险中，请马上拨打：",
        Locale::En => " If you are in danger, please call now: ",
    });
    let numbers = face.crisis_numbers.iter().map(|number| match locale {
        Locale::ZhCn => format!("{}（{}）", number.number, number.name),
        Locale::En => format!("{} ({})", number.number, number.name_en),
    });
    let separator = match locale {
        Locale::ZhCn => "，",
        Locale::En => ", ",
    };
    text.push_str(&numbers.collect::<Vec<_>>().join(separator));
    text.push_str(match locale {
        Locale::ZhCn => "。",
        Locale::En => ".",
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::LineId;
    use crate::live::directory::Bilingual;
    use crate::office::saved::{crisis_numbers, full_text};

    #[test]
    fn whoever_is_turned_away_gets_the_numbers() {
        let face = LineFace {
            line: LineId(1),
            code: "12355".to_owned(),
            name: Bilingual::default(),
            owner: String::new(),
            greeting: Bilingual::default(),
            full_text: full_text(),
            crisis_numbers: crisis_numbers(),
            asks: Vec::new(),
        };
        for locale in [Locale::ZhCn, Locale::En] {
            let said = text(&face, &LastRung::Full, RungCause::QueueFull, locale);
            assert!(said.contains("110") && said.contains("120") && said.contains("12356"));
        }
    }
}
