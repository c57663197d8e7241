//! One verdict of the doctor.

use std::fmt;

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Doubt,
    Failure,
}

/// One thing that was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Finding {
    verdict: Verdict,
    subject: &'static str,
    found: String,
}

impl Finding {
    /// As it should be.
    pub fn ok(subject: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, subject, found: found.into() }
    }

    /// Works, and somebody should look at it.
    pub fn doubt(subject: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Doubt, subject, found: found.into() }
    }

    /// Does not work: the hotline must not open like this.
    pub fn failure(subject: &'static str, found: impl Into<String>) -> Self {
        Self { verdict: Verdict::Failure, subject, found: found.into() }
    }

    /// Whether it failed.
    pub fn is_failure(&self) -> bool {
        self.verdict == Verdict::Failure
    }

    /// Whether somebody should look at it.
    pub fn is_doubt(&self) -> bool {
        self.verdict == Verdict::Doubt
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok  ",
            Verdict::Doubt => "look",
            Verdict::Failure => "FAIL",
        };
        write!(f, "{verdict}  {}: {}", self.subject, self.found)
    }
}
