"""Vietnamese invitations. Words of several syllables are written with blanks, here with underscores."""

from scanner.invitations.languages.language import Language

LANGUAGE = Language(
    code="vi",
    months=(),
    weekdays=("thứ_hai", "thứ_ba", "thứ_tư", "thứ_năm", "thứ_sáu", "thứ_bảy", "chủ_nhật"),
    title=("chủ đề", "tiêu đề", "tên cuộc họp"),
    when=("thời gian", "khi nào", "giờ", "ngày giờ", "bắt đầu"),
    date=("ngày",),
    zone=("múi giờ",),
    sent=("đã gửi", "ngày gửi"),
    lasting=("thời lượng",),
    inviting=(r"(?P<who>.+?) (?:đang |đã )?mời bạn (?:tham gia|đến|vào)(?!\w)",),
    joiners=("đến",),
    every=("mỗi", "hàng", "hằng"),
    units={"ngày": "DAILY", "tuần": "WEEKLY", "tháng": "MONTHLY", "năm": "YEARLY"},
    adverbs={},
    alternate=(),
    ordinals={},
    workday=("ngày làm việc",),
    fillers=("vào", "và", "trong"),
    until=("đến",),
    occurrences=("lần",),
    hours=("giờ", "tiếng"),
    minutes=("phút",),
    am=("sa", "sáng"),
    pm=("ch", "chiều", "tối"),
    zones={"hà nội": "Asia/Ho_Chi_Minh", "hồ chí minh": "Asia/Ho_Chi_Minh", "giờ đông dương": "Asia/Bangkok"},
)
