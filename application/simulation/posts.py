"""What invented ambassadors and officials do for a living: position and workplace, for award lists."""

from typing import Final

from domain.model import Group, Role

OFFICIALS: Final = {
    Role.ORGANIZER: ("Phó Chủ tịch UBND", "UBND {}"),
    Role.COMMITTEE: ("Ủy viên Hội đồng Thi đua - Khen thưởng", "Sở Nội vụ"),
}
POSTS: Final = {
    Group.PUBLIC_SECTOR: (
        ("Công chức Văn hóa - Xã hội", "UBND {}"),
        ("Chuyên viên Văn phòng HĐND và UBND", "UBND {}"),
        ("Giáo viên", "Trường THCS {}"),
        ("Giáo viên", "Trường Tiểu học {}"),
        ("Y sĩ", "Trạm Y tế {}"),
    ),
    Group.PUPILS_STUDENTS: (
        ("Đoàn viên", "Đoàn Thanh niên {}"),
        ("Sinh viên tình nguyện", "Đoàn Thanh niên {}"),
    ),
    Group.WORKERS: (
        ("Công nhân", "Công đoàn cơ sở {}"),
        ("Nhân viên kỹ thuật", "Hợp tác xã Nông nghiệp {}"),
    ),
    Group.PEOPLE: (
        ("Thành viên Tổ công nghệ số cộng đồng", "{}"),
        ("Hội viên Hội Phụ nữ", "Hội Liên hiệp Phụ nữ {}"),
        ("Hội viên Hội Nông dân", "Hội Nông dân {}"),
        ("Hội viên Hội Cựu chiến binh", "Hội Cựu chiến binh {}"),
    ),
}


def post(role: Role, group: Group, number: int, commune: str) -> tuple[str, str]:
    """Position and workplace of the person with that number."""
    chosen = POSTS[group][number % len(POSTS[group])] if role is Role.AMBASSADOR else OFFICIALS[role]
    return chosen[0], chosen[1].format(commune)
