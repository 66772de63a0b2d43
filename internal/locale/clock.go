package locale

import (
	"strconv"
	"time"
)

// The methods here write a moment as its own zone shows it: t.In(zone) first.

// Time is the time of day: "08:30".
func (t Texts) Time(at time.Time) string { return at.Format("15:04") }

// Date is a day without the year: "Tue 28 Jul", "7月28日 周二".
func (t Texts) Date(at time.Time) string { return t.format(t.lang().file.Formats.Date, at) }

// DateTime is a day and the time: "Tue 28 Jul, 08:30", "7月28日 周二 08:30".
func (t Texts) DateTime(at time.Time) string { return t.format(t.lang().file.Formats.DateTime, at) }

// DateYear is a day of another year: "28 Jul 2020", "2020年7月28日".
func (t Texts) DateYear(at time.Time) string { return t.format(t.lang().file.Formats.DateYear, at) }

// WeekdayTime is a moment of the last days: "Mon 14:05", "周一 14:05".
func (t Texts) WeekdayTime(at time.Time) string {
	return t.format(t.lang().file.Formats.WeekdayTime, at)
}

// Weekday is the short name of a day of the week: "Tue", "周二".
func (t Texts) Weekday(d time.Weekday) string {
	return t.lang().file.Weekdays[(int(d)%7+7)%7]
}

func (t Texts) format(template string, at time.Time) string {
	return expand(template, func(name string) (string, bool) {
		switch name {
		case "weekday":
			return t.Weekday(at.Weekday()), true
		case "day":
			return strconv.Itoa(at.Day()), true
		case "month":
			return t.lang().file.Months[at.Month()-1], true
		case "year":
			return strconv.Itoa(at.Year()), true
		case "time":
			return t.Time(at), true
		}
		return "", false
	})
}
