"""Vietnamese people, invented: names as common as they are, phones in their real ranges."""

from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from domain.model import Group
from domain.names import fold

Sex = Literal["female", "male"]

# Shares of family names per thousand, after the usual counts, with the south-central coast's
# Huỳnh and Võ where the north has Hoàng and Vũ.
FAMILY: Final = {
    "Nguyễn": 330, "Trần": 115, "Lê": 95, "Phạm": 66, "Huỳnh": 52, "Võ": 50, "Phan": 45, "Đặng": 28,
    "Bùi": 21, "Hồ": 20, "Ngô": 17, "Đỗ": 16, "Trương": 16, "Đinh": 13, "Dương": 12, "Đoàn": 11,
    "Hoàng": 10, "Lý": 8, "Mai": 8, "Cao": 7, "Lâm": 7, "Tô": 6, "Thái": 6, "Châu": 5, "Hà": 5,
    "Đào": 5, "Văn": 4, "Tạ": 4, "Lương": 4, "Phùng": 3, "Vũ": 3, "Tống": 2, "Kiều": 2, "Quách": 1,
}  # fmt: skip

MIDDLE: Final[dict[Sex, tuple[str, ...]]] = {
    "female": (
        "Thị", "Thị", "Thị", "Thị", "Thị Thu", "Thị Kim", "Thị Ngọc", "Thị Mỹ", "Ngọc", "Thanh", "Kim",
        "Thu", "Mỹ", "Bích", "Hồng", "Phương", "Thùy", "Minh", "Tuyết", "Diễm", "Khánh", "Quỳnh", "Bảo",
    ),
    "male": (
        "Văn", "Văn", "Văn", "Hữu", "Đức", "Minh", "Quốc", "Công", "Đình", "Ngọc", "Thanh", "Xuân",
        "Quang", "Trọng", "Hoàng", "Bá", "Duy", "Thành", "Anh", "Chí", "Tấn", "Nhật", "Gia",
    ),
}  # fmt: skip

GIVEN: Final[dict[Sex, tuple[str, ...]]] = {
    "female": (
        "Lan", "Hoa", "Hồng", "Hương", "Hạnh", "Hằng", "Hiền", "Hà", "Hòa", "Huệ", "Huyền", "Liên", "Linh",
        "Loan", "Lý", "Mai", "Minh", "My", "Nga", "Ngân", "Ngọc", "Nguyệt", "Nhung", "Oanh", "Phượng",
        "Phương", "Quyên", "Sương", "Tâm", "Thanh", "Thảo", "Thơm", "Thu", "Thủy", "Thúy", "Trang", "Trâm",
        "Trinh", "Tuyết", "Vân", "Vy", "Xuân", "Yến", "Ánh", "Đào", "Diệu", "Dung", "Cúc", "Chi", "Bình",
    ),
    "male": (
        "An", "Bảo", "Bình", "Cường", "Danh", "Dũng", "Duy", "Đạt", "Đông", "Đức", "Giang", "Hải", "Hậu",
        "Hiếu", "Hiệp", "Hòa", "Hoàng", "Hùng", "Hưng", "Huy", "Khải", "Khánh", "Khoa", "Kiên", "Lâm",
        "Lộc", "Long", "Luân", "Mạnh", "Nam", "Nghĩa", "Nhân", "Phong", "Phú", "Phúc", "Phước", "Quân",
        "Quang", "Quý", "Sang", "Sơn", "Tài", "Tân", "Thắng", "Thành", "Thiện", "Thịnh", "Toàn", "Trí",
        "Trung", "Tú", "Tuấn", "Tùng", "Việt", "Vinh", "Vũ",
    ),
}  # fmt: skip

PREFIXES: Final = (
    "032", "033", "034", "035", "036", "037", "038", "039", "052", "056", "058", "070", "076", "077",
    "078", "079", "081", "082", "083", "084", "085", "086", "088", "089", "090", "091", "093", "094",
    "096", "097", "098",
)  # fmt: skip

GROUPS: Final = {Group.PEOPLE: 62, Group.WORKERS: 17, Group.PUPILS_STUDENTS: 14, Group.PUBLIC_SECTOR: 7}


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person, who lives in one commune. Without a phone they are known by their year."""

    name: str
    sex: Sex
    phone: str | None
    birth_year: int
    group: Group
    commune: str


class Crowd:
    """Invents people, no two of whom could be taken for one another."""

    def __init__(self, chance: Random, year: int) -> None:
        self._chance = chance
        self._year = year
        self._known: set[tuple[str, ...]] = set()

    def somebody(self, commune: str, *, group: Group | None = None, phone: str | None = None) -> Somebody:
        """`phone` is shared with the family; else most have their own, and the old often none."""
        chance = self._chance
        chosen = group or chance.choices(list(GROUPS), list(GROUPS.values()))[0]
        sex: Sex = "female" if chance.random() < 0.54 else "male"
        year = self._year - self._age(chosen)
        own = None if chance.random() < 0.22 else self._phone()
        while True:
            name = self._name(sex)
            key = (fold(name), phone or commune, str(year))
            if key not in self._known:
                self._known.add(key)
                return Somebody(name, sex, phone or own, year, chosen, commune)

    def _name(self, sex: Sex) -> str:
        family = self._chance.choices(list(FAMILY), list(FAMILY.values()))[0]
        return f"{family} {self._chance.choice(MIDDLE[sex])} {self._chance.choice(GIVEN[sex])}"

    def _age(self, group: Group) -> int:
        match group:
            case Group.PUPILS_STUDENTS:
                return self._chance.randint(16, 23)
            case Group.PEOPLE:
                return min(88, max(18, round(self._chance.gauss(52, 14))))
            case _:
                return self._chance.randint(22, 58)

    def _phone(self) -> str:
        return f"{self._chance.choice(PREFIXES)}{self._chance.randrange(10_000_000):07d}"
