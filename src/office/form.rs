//! Judging a form: every fault at once, each at its field, in both languages.
//!
//! A message says what is expected, never what was sent.

use crate::door::{FieldCode, FieldFault};
use std::ops::RangeInclusive;

/// What is wrong with a form, in the order of its fields.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, code: FieldCode, zh: &str, en: &str) {
        let (message, message_zh) = (en.to_owned(), zh.to_owned());
        self.0.push(FieldFault { field: field.into(), code, message, message_zh });
    }

    /// A name on one line: 1 to `chars_max` characters.
    pub fn name(&mut self, field: impl Into<String>, value: &str, chars_max: usize) {
        let field = field.into();
        if value.trim().chars().any(char::is_control) {
            self.add(field, FieldCode::BadShape, "不能换行", "must be one line");
        } else {
            self.length(field, value, chars_max);
        }
    }

    /// A text of 1 to `chars_max` characters, on as many lines as it likes.
    pub fn text(&mut self, field: impl Into<String>, value: &str, chars_max: usize) {
        let field = field.into();
        if value.contains('\0') {
            self.add(field, FieldCode::BadShape, "含有无法保存的字符", "has an unstorable sign");
        } else {
            self.length(field, value, chars_max);
        }
    }

    /// A number within bounds.
    pub fn number(&mut self, field: impl Into<String>, value: i32, range: RangeInclusive<i32>) {
        if !range.contains(&value) {
            let (from, to) = range.into_inner();
            let (zh, en) = (format!("应在 {from} 到 {to} 之间"), format!("must be {from} to {to}"));
            self.add(field, FieldCode::OutOfRange, &zh, &en);
        }
    }

    /// A list with this many things.
    pub fn count(&mut self, field: impl Into<String>, count: usize, range: RangeInclusive<usize>) {
        let (least, most) = range.into_inner();
        if count < least {
            self.add(field, FieldCode::Required, "至少要有一项", "needs at least one");
        } else if count > most {
            let (zh, en) = (format!("最多 {most} 项"), format!("at most {most}"));
            self.add(field, FieldCode::TooMany, &zh, &en);
        }
    }

    /// Says where a list repeats itself: `field.2`.
    pub fn each_once<T: PartialEq>(&mut self, field: &str, list: &[T]) {
        for (place, item) in list.iter().enumerate() {
            if list.iter().take(place).any(|before| before == item) {
                let field = format!("{field}.{place}");
                self.add(field, FieldCode::Repeated, "重复了", "stands there twice");
            }
        }
    }

    /// Nothing is wrong so far.
    #[must_use]
    pub const fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// What was found.
    #[must_use]
    pub fn into_list(self) -> Vec<FieldFault> {
        self.0
    }

    fn length(&mut self, field: String, value: &str, chars_max: usize) {
        if value.trim().is_empty() {
            self.add(field, FieldCode::Required, "必须填写", "must be filled in");
        } else if value.chars().count() > chars_max {
            let (zh, en) = (format!("最多 {chars_max} 个字"), format!("at most {chars_max} signs"));
            self.add(field, FieldCode::TooLong, &zh, &en);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_said_at_its_field() {
        let mut faults = Faults::default();
        faults.name("name", "  ", 5);
        faults.name("owner", "a\nb", 5);
        faults.text("greeting", "我在听\n慢慢说", 6);
        faults.number("steps.0.widens_after_s", 0, 1..=9);
        faults.count("steps", 0, 1..=9);
        faults.each_once("numbers", &["1", "2", "1"]);
        let said: Vec<(String, FieldCode)> =
            faults.into_list().into_iter().map(|fault| (fault.field, fault.code)).collect();
        let expected = [
            ("name", FieldCode::Required),
            ("owner", FieldCode::BadShape),
            ("greeting", FieldCode::TooLong),
            ("steps.0.widens_after_s", FieldCode::OutOfRange),
            ("steps", FieldCode::Required),
            ("numbers.2", FieldCode::Repeated),
        ];
        assert_eq!(said, expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
