//! What a text must be before it may go to the store.

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    TooLong,
    Empty,
    /// It holds U+0000, which PostgreSQL cannot store.
    Unstorable,
    BadClientId,
}

/// Judges a message before it goes to the store.
///
/// # Errors
/// The first [`TextFault`].
pub fn judge_text(client_id: &str, text: &str, chars_max: usize) -> Result<(), TextFault> {
    if client_id.is_empty() || client_id.chars().count() > 64 || client_id.contains('\0') {
        return Err(TextFault::BadClientId);
    }
    if text.trim().is_empty() {
        return Err(TextFault::Empty);
    }
    if text.contains('\0') {
        return Err(TextFault::Unstorable);
    }
    // A character has at least one byte: most texts need no counting.
    if text.len() > chars_max && text.chars().count() > chars_max {
        return Err(TextFault::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_four_thousand_chinese_characters_is_taken_and_one_more_is_not() {
        assert_eq!(judge_text("a", &"我".repeat(4_000), 4_000), Ok(()));
        assert_eq!(judge_text("a", &"我".repeat(4_001), 4_000), Err(TextFault::TooLong));
    }

    #[test]
    fn what_cannot_be_stored_is_named() {
        assert_eq!(judge_text("", "x", 9), Err(TextFault::BadClientId));
        assert_eq!(judge_text(&"c".repeat(65), "x", 9), Err(TextFault::BadClientId));
        assert_eq!(judge_text("c", " \n ", 9), Err(TextFault::Empty));
        assert_eq!(judge_text("c", "a\0b", 9), Err(TextFault::Unstorable));
    }
}
