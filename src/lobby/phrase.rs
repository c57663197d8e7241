//! A return phrase: six words that bring somebody back to their alias, and nothing else.
//!
//! The words are those of BIP39 (2048 in each language), made to be written down and read out
//! without mistakes; without its checksum, for nothing is derived from them. Words that could hurt
//! somebody who reads them on a bad night are not thrown, but are read.
//!
//! Invariant: six words out of at least 1,800 are more than 64 bits; at one slow hash each nobody
//! guesses them, so that a salt common to all, which lets a hash be looked up, gives nothing away.

use crate::dice;
use crate::live::card::Locale;
use crate::veil::{Pii, Purpose};
use argon2::{Algorithm, Argon2, Params, Version};
use bip39::Language;
use unicode_normalization::UnicodeNormalization;

/// Words of a phrase.
const WORDS_COUNT: usize = 6;
/// Characters that are read at all; six English words have at most 53.
const CHARS_MAX: usize = 400;
/// One salt for all, naming what is hashed: a phrase is looked up by its hash.
const SALT: &[u8] = b"xinqiao return phrase, edition 1";
/// OWASP's smallest recommended shape, as for passwords. Not in the configuration: another cost is
/// another hash, and every phrase would be lost.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Never thrown: fear, harm, loss and blame, means and places of suicide.
const HURTFUL_ZH: &str = "不没无战压打叫非断难火病失死罪破止害黑犯负坏独否敌冷绝错苦终停烧损急孩血杀药煤迫沉怕伤末裂危跳弱灭险枪弹暗恶刀毒阴楼猪惊遗痛碎暴割亡炮残桥败废奴爆勒逃刺炸泪贫穷绳罢喊罚鬼灾毁寒哭悲恐吊弃烂呆怒悬狂恨叛逼患狗埋骂剪骗孤疾抛盗脏偷坑狱抑尸丧忧惩欺丢慌凶劣躺惨仇剑胎砍疯粪哀饿祸吞怨";
/// The same in English, and family, which is not everybody's comfort.
const HURTFUL_EN: &str = "\
    abandon abuse accident accuse afraid alcohol alone anger angry anxiety argue armed \
    armor army arrest asthma attack aunt awful betray bitter blade blame bleak blood bomb \
    bone bridge broken brother bullet burden burst cliff crash crime cruel crumble crush \
    cry dad damage danger daughter debate debris decline decrease defy demise deny despair \
    destroy disease dismiss disorder divide divorce dizzy dose drastic drift drop dumb dust \
    edge empty end enemy erase erode escape evil exclude exhaust exile exit expire fade \
    faint fall false fat fatal father fatigue fault fire flee fragile frown fury garbage \
    gas ghost gloom gossip grief grunt guilt gun harsh horror hospital hurt husband idle \
    ignore ill illegal illness inflict inject injury inmate insane jealous jump junk kick \
    kidney knife lawsuit lazy liar loan lonely mad mask misery miss mistake mom mother \
    nasty negative neglect nerve never nothing nuclear obscure odor orphan panic parent \
    patient pill pistol police poverty prison punch quit rail razor regret reject remind \
    resist rifle riot risk roof rude sad sadness satoshi scare scatter scorpion shiver \
    shock shoot shy sick silly sister skirt skull slam snake soldier sorry spider stumble \
    suffer suspect swallow swamp tank tattoo tired tragic trap trash trick trigger trouble \
    twist ugly unable uncle uncover unfair unhappy unknown useless vanish vicious virus \
    void warfare weapon weird wife witness worry wreck wrist wrong zero";

/// Six words.
pub struct Phrase(Pii<String>);

impl Phrase {
    /// Throws a new one.
    #[must_use]
    pub fn throw(locale: Locale) -> Self {
        let list = match locale {
            Locale::ZhCn => Language::SimplifiedChinese.word_list(),
            Locale::En => Language::English.word_list(),
        };
        let mut words: Vec<&str> = Vec::with_capacity(WORDS_COUNT);
        while words.len() < WORDS_COUNT {
            let index = usize::try_from(dice::below(2_048)).unwrap_or(0);
            words.extend(list.get(index).filter(|word| !is_hurtful(word)));
        }
        Self(Pii::new(words.join(" ")))
    }

    /// Reads what somebody typed: full width, case, spaces and signs between words are forgiven, and
    /// missing spaces between Chinese characters. `None` if these are not six words of one list.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        for letter in typed.nfkc().flat_map(char::to_lowercase).take(CHARS_MAX) {
            let is_latin = letter.is_ascii_alphabetic();
            if !is_latin && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if is_latin {
                word.push(letter);
            } else if letter.is_alphanumeric() {
                words.push(letter.to_string());
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        let are_of = |list: Language| words.iter().all(|word| list.find_word(word).is_some());
        let is_one = words.len() == WORDS_COUNT
            && (are_of(Language::SimplifiedChinese) || are_of(Language::English));
        is_one.then(|| Self(Pii::new(words.join(" "))))
    }

    /// The slow hash; some tens of milliseconds: call it off the async threads.
    #[must_use]
    pub fn hash(&self) -> Option<[u8; 32]> {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).ok()?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        let words = self.0.reveal(Purpose::Verify).as_bytes();
        argon2.hash_password_into(words, SALT, &mut hash).ok()?;
        Some(hash)
    }

    /// The words, for the one they belong to.
    #[must_use]
    pub fn into_words(self) -> String {
        self.0.into_revealed(Purpose::Deliver)
    }

    /// The same words again, to be hashed elsewhere.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(self.0.clone())
    }
}

fn is_hurtful(word: &str) -> bool {
    HURTFUL_ZH.contains(word) || HURTFUL_EN.split_whitespace().any(|hurtful| hurtful == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> Option<String> {
        Phrase::read(typed).map(Phrase::into_words)
    }

    #[test]
    fn a_phrase_is_six_words_of_its_language_and_none_that_hurts() {
        for locale in [Locale::ZhCn, Locale::En] {
            for _ in 0..200 {
                let words = Phrase::throw(locale).into_words();
                assert_eq!(words.split(' ').count(), 6, "{words}");
                assert!(words.split(' ').all(|word| !is_hurtful(word)), "{words}");
                assert_eq!(read(&words), Some(words));
            }
        }
    }

    #[test]
    fn what_a_hand_does_to_a_phrase_is_forgiven() {
        let plain = Some("的 一 是 在 了 有".to_owned());
        for typed in ["的一是在了有", " 的　一 是\n在、了，有。", "的 一是 在 了有"]
        {
            assert_eq!(read(typed), plain, "{typed}");
        }
        let plain = Some("ocean lamp maple river cloud honey".to_owned());
        for typed in [
            "Ocean LAMP maple river cloud honey",
            "ｏｃｅａｎ　ｌａｍｐ　ｍａｐｌｅ　ｒｉｖｅｒ　ｃｌｏｕｄ　ｈｏｎｅｙ",
            "  ocean, lamp; maple - river\tcloud\nhoney. ",
        ] {
            assert_eq!(read(typed), plain, "{typed}");
        }
    }

    #[test]
    fn what_is_no_phrase_is_not_read() {
        for typed in [
            "",
            "ocean lamp maple river cloud",
            "ocean lamp maple river cloud honey ocean",
            "ocean lamp maple river cloud xyzzy",
            "的 一 是 在 了 honey",
            "1 2 3 4 5 6",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_hash_never_changes_or_every_phrase_would_be_lost() {
        let phrase = Phrase::read("ocean lamp maple river cloud honey").unwrap();
        let hash = data_encoding::HEXLOWER.encode(&phrase.hash().unwrap());
        assert_eq!(hash, "3109697a0db278db1ce3dc75c6cd3e25f02f2ce9d3062c1a6db029398d36ad7f");
    }

    #[test]
    fn enough_words_are_left_for_more_than_64_bits() {
        for list in [Language::SimplifiedChinese.word_list(), Language::English.word_list()] {
            let left = list.iter().filter(|word| !is_hurtful(word)).count();
            assert!(left >= 1_800, "{left}");
        }
        for word in HURTFUL_EN.split_whitespace() {
            assert!(Language::English.find_word(word).is_some(), "{word} is not in the list");
        }
    }
}
