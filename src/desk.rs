//! The counselor's and supervisor's door: one socket with a snapshot, then deltas.
//!
//! Owns the console's frames, what each role may send and see, and the redraw
//! after a reload; decides nothing: commands become inputs of the switchboard.

pub mod frame;
