"""The catalogue of skills that are taught: ids that never change, labels for people.

About twenty over the four groups of Decision 757/QĐ-BKHCN of 29/4/2025 (appendices
I.1 people, I.2 pupils and students, I.3 public sector, I.4 workers of enterprises).
"""

from typing import Final

import msgspec

from domain.model import Group, Skill

_ALL: Final = (Group.PEOPLE, Group.PUBLIC_SECTOR, Group.PUPILS_STUDENTS, Group.WORKERS)


class SkillEntry(msgspec.Struct, frozen=True):
    id: Skill
    vi: str
    en: str
    groups: tuple[Group, ...]


def _skill(skill: str, vi: str, en: str, *groups: Group) -> SkillEntry:
    return SkillEntry(Skill(skill), vi, en, groups or _ALL)


CATALOGUE: Final[tuple[SkillEntry, ...]] = (
    _skill("vneid", "Sử dụng VNeID", "Using VNeID"),
    _skill("online-public-service", "Dịch vụ công trực tuyến", "Online public services"),
    _skill("cashless-payment", "Thanh toán không dùng tiền mặt", "Cashless payment"),
    _skill("smartphone-basics", "Sử dụng điện thoại thông minh", "Smartphone basics"),
    _skill("internet-search", "Tìm kiếm thông tin trên mạng", "Searching the internet"),
    _skill("video-call", "Gọi video, nhắn tin", "Video calls and messages"),
    _skill("online-safety", "An toàn trên mạng, phòng lừa đảo", "Online safety and fraud prevention"),
    _skill("personal-data", "Bảo vệ dữ liệu cá nhân", "Protecting personal data"),
    _skill(
        "health-record", "Sổ sức khỏe điện tử, đặt lịch khám", "Electronic health record and appointments"
    ),
    _skill("online-learning", "Học trực tuyến (MOOC)", "Online courses (MOOC)"),
    _skill("digital-signature", "Chữ ký số cá nhân", "Personal digital signature"),
    _skill("e-commerce-buying", "Mua hàng trực tuyến", "Buying online"),
    _skill("e-commerce-selling", "Bán hàng trực tuyến", "Selling online", Group.PEOPLE, Group.WORKERS),
    _skill("digital-savings", "Gửi tiết kiệm số", "Digital savings", Group.PEOPLE, Group.WORKERS),
    _skill(
        "farm-traceability",
        "Truy xuất nguồn gốc nông sản",
        "Tracing farm produce",
        Group.PEOPLE,
        Group.WORKERS,
    ),
    _skill(
        "office-tools",
        "Công cụ văn phòng số",
        "Digital office tools",
        Group.PUBLIC_SECTOR,
        Group.PUPILS_STUDENTS,
        Group.WORKERS,
    ),
    _skill(
        "data-at-work",
        "Khai thác dữ liệu trong công việc",
        "Using data at work",
        Group.PUBLIC_SECTOR,
        Group.WORKERS,
    ),
    _skill("e-document", "Xử lý văn bản điện tử", "Handling electronic documents", Group.PUBLIC_SECTOR),
    _skill("ai-assistants", "Trợ lý trí tuệ nhân tạo", "AI assistants"),
    _skill(
        "digital-content",
        "Tạo nội dung số",
        "Creating digital content",
        Group.PEOPLE,
        Group.PUPILS_STUDENTS,
        Group.WORKERS,
    ),
)

BY_ID: Final = {entry.id: entry for entry in CATALOGUE}
