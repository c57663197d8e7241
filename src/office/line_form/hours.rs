//! When a line is open: spans of the week, as people in China read them.

use crate::door::FieldCode;
use crate::office::form::Faults;
use crate::office::frame::OpenHours;
use crate::switchboard::line::{Hours, OpenSpan};

/// Open spans: more than seven days have in any timetable.
const SPANS_MAX: usize = 50;
const WEEK_MINUTES: i32 = 10_080;
/// China has one time and no summer time.
pub(super) const CHINA_OFFSET_MINUTES: i16 = 480;

/// The hours that a form says, with its faults.
pub(super) fn judge(spans: Option<&[OpenHours]>, faults: &mut Faults) -> Hours {
    let Some(spans) = spans else { return Hours::Always };
    faults.count("hours", spans.len(), 1..=SPANS_MAX);
    let mut open = Vec::new();
    for (place, span) in spans.iter().enumerate() {
        let field = |name: &str| format!("hours.{place}.{name}");
        faults.number(field("from_minute"), span.from_minute, 0..=WEEK_MINUTES - 1);
        if span.to_minute <= span.from_minute || span.to_minute > WEEK_MINUTES {
            let (zh, en) =
                ("结束应晚于开始，且在本周内", "must be after the beginning, in the week");
            faults.add(field("to_minute"), FieldCode::OutOfRange, zh, en);
        } else if spans.iter().take(place).any(|before| before.meets(*span)) {
            let (zh, en) = ("与另一段时间重叠", "shares time with another span");
            faults.add(format!("hours.{place}"), FieldCode::Overlaps, zh, en);
        }
        let minute = |minute: i32| u16::try_from(minute).unwrap_or(0);
        open.push(OpenSpan {
            from_minute: minute(span.from_minute),
            to_minute: minute(span.to_minute),
        });
    }
    open.sort_by_key(|span| span.from_minute);
    Hours::Weekly { utc_offset_minutes: CHINA_OFFSET_MINUTES, open }
}

impl OpenHours {
    const fn meets(self, other: Self) -> bool {
        self.from_minute < other.to_minute && other.from_minute < self.to_minute
    }
}

/// Spans of another offset are moved, and parted where they cross the end of the week.
#[must_use]
pub fn hours_in_china(hours: &Hours) -> Option<Vec<OpenHours>> {
    let Hours::Weekly { utc_offset_minutes, open } = hours else { return None };
    let moved_by = i32::from(CHINA_OFFSET_MINUTES) - i32::from(*utc_offset_minutes);
    let mut spans = Vec::new();
    for span in open {
        let length = i32::from(span.to_minute) - i32::from(span.from_minute);
        let from_minute = (i32::from(span.from_minute) + moved_by).rem_euclid(WEEK_MINUTES);
        let to_minute = from_minute + length;
        spans.push(OpenHours { from_minute, to_minute: to_minute.min(WEEK_MINUTES) });
        if to_minute > WEEK_MINUTES {
            spans.push(OpenHours { from_minute: 0, to_minute: to_minute - WEEK_MINUTES });
        }
    }
    spans.sort_by_key(|span| span.from_minute);
    Some(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_another_offset_are_shown_in_china_time() {
        let span = |from_minute, to_minute| OpenHours { from_minute, to_minute };
        let utc = |from_minute, to_minute| Hours::Weekly {
            utc_offset_minutes: 0,
            open: vec![OpenSpan { from_minute, to_minute }],
        };
        assert_eq!(hours_in_china(&Hours::Always), None);
        assert_eq!(hours_in_china(&utc(60, 120)), Some(vec![span(540, 600)]));
        let over_the_end = Some(vec![span(0, 470), span(10_070, 10_080)]);
        assert_eq!(hours_in_china(&utc(9_590, 10_070)), over_the_end);
        assert_eq!(hours_in_china(&utc(0, 10_080)), Some(vec![span(0, 480), span(480, 10_080)]));
    }
}
