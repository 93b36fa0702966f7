"""What invented ambassadors and officials do for a living: position and workplace, for award lists."""

from typing import Final

from application.simulation.names import Somebody
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
        ("Thành viên", "Tổ công nghệ số cộng đồng {}"),
        ("Hội viên Hội Phụ nữ", "Hội Liên hiệp Phụ nữ {}"),
        ("Hội viên Hội Nông dân", "Hội Nông dân {}"),
        ("Hội viên Hội Cựu chiến binh", "Hội Cựu chiến binh {}"),
    ),
}


def post(role: Role, who: Somebody, number: int, commune: str) -> tuple[str, str]:
    """Position and workplace of somebody who has that number and lives in that commune."""
    if role in OFFICIALS:
        position, workplace = OFFICIALS[role]
    else:
        fitting = [one for one in POSTS[who.group] if who.sex == "female" or "Phụ nữ" not in one[0]]
        position, workplace = fitting[number % len(fitting)]
    return position, workplace.format(commune[:1].lower() + commune[1:])
