//! What can be said, by name: the keys of `config/prompts/*.toml`, which are also names of files.

use crate::live::card::Locale;

/// Numbers that have a recording of their own: 1 to this.
pub const NUMBER_MAX: u8 = 60;

/// Both languages that a prompt is spoken in.
pub const LOCALES: [Locale; 2] = [Locale::ZhCn, Locale::En];

macro_rules! prompts {
    ($($(#[$why:meta])* $key:ident = $name:literal,)*) => {
        /// One recording. When each is heard stands in `config/prompts/*.toml`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum PromptKey {
            $($(#[$why])* $key,)*
            /// A number as it is counted in a row, 1 to [`NUMBER_MAX`].
            Number(u8),
        }

        const NAMED: &[(PromptKey, &str)] = &[$((PromptKey::$key, $name),)*];
    };
}

prompts! {
    Greeting = "greeting",
    NoName = "no_name",
    RecordingNotice = "recording_notice",
    Press1Danger = "press_1_danger",
    PressStarCallBack = "press_star_call_back",
    PositionBefore = "position_before",
    PositionAfter = "position_after",
    PositionMany = "position_many",
    WaitBefore = "wait_before",
    WaitTo = "wait_to",
    WaitMinute = "wait_minute",
    WaitMinutes = "wait_minutes",
    WaitOrLonger = "wait_or_longer",
    WaitSoon = "wait_soon",
    WaitOverHour = "wait_over_hour",
    PleaseStay = "please_stay",
    CounselorComing = "counselor_coming",
    DangerNoted = "danger_noted",
    WaitsAgain = "waits_again",
    Forwarded = "forwarded",
    Held = "held",
    CounselorLost = "counselor_lost",
    KeptBefore = "kept_before",
    KeptSeconds = "kept_seconds",
    KeptMinutes = "kept_minutes",
    KeptAfter = "kept_after",
    AllFull = "all_full",
    LineClosed = "line_closed",
    Outage = "outage",
    CrisisNumbers = "crisis_numbers",
    CallBackPromised = "call_back_promised",
    Voicemail = "voicemail",
    Goodbye = "goodbye",
    YesNo = "yes_no",
    Grounding = "grounding",
    /// Two of something: 两, not 二.
    TwoCounted = "number_2_counted",
}

impl PromptKey {
    /// Every prompt there is.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMED.iter().map(|(key, _)| *key).chain((1..=NUMBER_MAX).map(Self::Number))
    }

    /// Its name in the texts, and its file's without the ending.
    #[must_use]
    pub fn name(self) -> String {
        if let Self::Number(number) = self {
            return format!("number_{number}");
        }
        let named = NAMED.iter().find(|(key, _)| *key == self);
        named.map_or_else(String::new, |(_, name)| (*name).to_owned())
    }

    /// The prompt of that name.
    #[must_use]
    pub fn lookup(name: &str) -> Option<Self> {
        if let Some((key, _)) = NAMED.iter().find(|(_, known)| *known == name) {
            return Some(*key);
        }
        let number: u8 = name.strip_prefix("number_")?.parse().ok()?;
        let key = Self::Number(number);
        ((1..=NUMBER_MAX).contains(&number) && key.name() == name).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use toml::Table;

    /// The texts of a language: of the house, and of single lines.
    fn texts(locale: Locale) -> (BTreeMap<String, String>, Table) {
        let text = match locale {
            Locale::ZhCn => include_str!("../../../config/prompts/zh-CN.toml"),
            Locale::En => include_str!("../../../config/prompts/en.toml"),
        };
        let table: Table = toml::from_str(text).unwrap();
        let house =
            table.iter().filter_map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned())));
        let lines = table.iter().filter(|(_, text)| text.is_table());
        (house.collect(), lines.map(|(line, texts)| (line.clone(), texts.clone())).collect())
    }

    #[test]
    fn a_prompt_is_found_again_by_its_name() {
        for key in PromptKey::all() {
            assert_eq!(PromptKey::lookup(&key.name()), Some(key));
        }
        for wrong in ["", "hello", "number_0", "number_61", "number_07", "number_+7"] {
            assert_eq!(PromptKey::lookup(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_prompt_has_a_text_in_both_languages_and_no_text_is_idle() {
        let mut names: Vec<String> = PromptKey::all().map(PromptKey::name).collect();
        names.sort();
        for locale in LOCALES {
            let (house, lines) = texts(locale);
            assert_eq!(house.keys().cloned().collect::<Vec<_>>(), names, "{}", locale.as_str());
            for (line, texts) in &lines {
                for key in texts.as_table().unwrap().keys() {
                    assert!(PromptKey::lookup(key).is_some(), "{line}: {key}");
                }
            }
        }
    }

    #[test]
    fn every_text_is_calm_and_says_when_it_is_heard() {
        for locale in LOCALES {
            let (house, _) = texts(locale);
            for (key, text) in house {
                assert!(!text.trim().is_empty() && !text.contains(['!', '！']), "{key}: {text}");
            }
        }
    }
}
