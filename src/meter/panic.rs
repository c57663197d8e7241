//! What is said when a task panics: where, never what.
//!
//! A payload is whatever the code was holding ("index out of range in …", or a
//! piece of a message): it may be a seeker's words. The place in the source is
//! enough to find the fault, and is the same for every night it happens.

use std::panic::PanicHookInfo;

/// Replaces the hook of the standard library, which prints the payload.
pub fn install_hook() {
    std::panic::set_hook(Box::new(say));
}

fn say(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let current = std::thread::current();
    let thread = current.name().unwrap_or("unnamed");
    tracing::error!(
        location,
        thread,
        "meter.panic: a task panicked; this is a fault of the program"
    );
}
