//! The switchboard seen from outside: the law's sentences one by one, and properties over random nights.
#![cfg(test)]

#[path = "switchboard/law.rs"]
mod law;
#[path = "switchboard/properties.rs"]
mod properties;
#[path = "switchboard/world.rs"]
mod world;
