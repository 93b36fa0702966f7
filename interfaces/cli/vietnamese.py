"""The help of the command line in Vietnamese, for a terminal that speaks it (LC_ALL, LC_MESSAGES, LANG).

What commands are called, their options and what they answer stay as they are: scripts and
instructions rely on them. The English help of a command follows its Vietnamese summary.
"""

from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Final

import click

from interfaces.cli.at_first_use import AtFirstUse

OVERVIEW: Final = """Lan Tỏa: sổ cái của phong trào "Bình dân học vụ số".

\b
Xem thử:                lantoa demo
Bắt đầu dùng thật:      lantoa init
                        lantoa territory load
                        lantoa serve
                        lantoa invite --role organizer --unit 52 --name "..."

Cài đặt lấy từ biến môi trường: LANTOA_HOME (./var), LANTOA_DATABASE_URL (SQLite trong thư mục
đó), LANTOA_BIND (127.0.0.1:8000), LANTOA_PUBLIC_URL (để tạo liên kết), LANTOA_WORKERS.
Các lệnh chạy được cả khi máy chủ đang phục vụ.

\b
Mã kết thúc: 0 xong, 1 lỗi của chương trình, 2 không hiểu dòng lệnh, 3 quy tắc không cho phép,
4 chưa thiết lập, 5 hiện chưa làm được (thử lại), 6 kiểm tra thấy vấn đề, 130 bị ngắt.
"""

COMMANDS: Final[Mapping[str, str]] = {
    "backup": "Sao lưu mọi thứ vào FILE, ngay cả khi đang sử dụng.",
    "board": "In bảng xếp hạng của UNIT, cao nhất đứng trước; người chỉ hiện mã.",
    "campaigns": "Các chiến dịch: những ngày mà kết quả của một đơn vị được so sánh riêng.",
    "campaigns announce": "Công bố chiến dịch NAME của UNIT từ ngày BEGINS đến ngày ENDS (YYYY-MM-DD).",
    "campaigns show": "In các chiến dịch của UNIT và các đơn vị trực thuộc.",
    "campaigns withdraw": "Rút CAMPAIGN: không so sánh nữa, kết quả hướng dẫn vẫn giữ nguyên.",
    "close": "Khóa số liệu MONTH (YYYY-MM) của tỉnh UNIT; không ghi tháng thì đóng tài khoản của PERSON.",
    "criteria": "Các ngưỡng mà phong trào dùng để tính.",
    "criteria adopt": "Áp dụng tiêu chí trong FILE cho một đơn vị và các đơn vị trực thuộc.",
    "criteria show": "In tiêu chí một đơn vị đang dùng, thành tệp có thể sửa và áp dụng.",
    "demo": "Mở một phong trào mô phỏng để xem thử.",
    "form": "Nhập FILE, tệp CSV xuất từ biểu mẫu đã kết nối CONNECTION (KoboToolbox, ODK Central).",
    "import": "Nhập danh sách KIND từ FILE (XLSX hoặc CSV); các dòng đã nhập thì không đổi gì.",
    "init": "Lập thư mục: cơ sở dữ liệu, tệp khóa, bản ghi đầu tiên; in liên kết cho quản trị viên đầu tiên.",
    "invite": "Giao vai trò cho một người và in liên kết đăng nhập của họ.",
    "keys": "Thay, sao lưu và khôi phục các khóa niêm phong họ tên, số điện thoại.",
    "keys backup": "Ghi các khóa vào FILE, niêm phong bằng cụm mật khẩu.",
    "keys check": "Mở mọi dữ liệu đã niêm phong và báo dữ liệu nào bị hỏng hoặc bị sửa từ bên ngoài.",
    "keys confirm": "Ghi nhận các khóa của bản sao lưu mà `verify` đã mở được.",
    "keys restore": "Đưa các khóa từ bản sao lưu FILE trở lại, cho sổ cái đang có trong thư mục.",
    "keys rotate": "Thay mọi khóa bằng khóa mới và hủy khóa cũ.",
    "keys status": "Cho biết đã có bản sao lưu mở được của mọi khóa đang dùng hay chưa.",
    "keys verify": "Chứng minh bản sao lưu FILE mở được và ghi lại nó chứa những khóa nào.",
    "ledger": "Xem vào chính sổ cái.",
    "ledger check": "Đọc mọi bản ghi và báo chỗ sai, nếu có.",
    "nominees": "Liệt kê người, gia đình hoặc chợ đạt tiêu chí tại một mốc chốt số liệu.",
    "outbox": "Lời nhắc gửi đơn vị chưa báo cáo hoặc đã lâu không ghi.",
    "outbox list": "Liệt kê lời nhắc, mới nhất trước: chỉ có mã, không có họ tên.",
    "outbox send": "Tạo lời nhắc của hôm nay và gửi ngay mọi lời nhắc đang chờ.",
    "people": "Tìm, gộp, sửa và xóa dữ liệu của một người.",
    "people correct": "Sửa điều đã biết về PERSON; điều không nêu thì giữ nguyên.",
    "people erase": "Xóa vĩnh viễn dữ liệu của PERSON dưới mọi mã của họ; các con số giữ nguyên.",
    "people find": "In mã của người có họ tên và số điện thoại (hoặc năm sinh) này.",
    "people merge": "Ghi rằng PERSON chính là INTO: từ nay tính là một người.",
    "people undo-merge": "Ghi rằng PERSON và INTO, đã gộp, thực ra là hai người.",
    "rebuild": "Tính lại các số liệu từ sổ cái.",
    "reopen": "Mở lại MONTH (YYYY-MM) của tỉnh UNIT, tháng khóa gần nhất, kèm lý do.",
    "restore": "Nạp một bản sao lưu vào thư mục trống rồi kiểm tra.",
    "retain": "Xóa dữ liệu cá nhân đã hết thời hạn giữ; các con số giữ nguyên.",
    "revoke": "Thu hồi vai trò của PERSON ở một đơn vị; tài khoản và những gì họ đã ghi vẫn còn.",
    "serve": "Phục vụ trang và API cho đến khi bấm Ctrl-C.",
    "simulate": "Cho một phong trào mô phỏng diễn ra đến hôm nay.",
    "status": "Cho biết mọi thứ đang thế nào: cài đặt, sổ cái, số liệu.",
    "targets": "Chỉ tiêu các kế hoạch giao, đặt cạnh số liệu thực tế.",
    "targets load": "Nạp chỉ tiêu từ FILE (CSV), hoặc danh sách có sẵn; có dòng sai thì không nạp dòng nào.",
    "report": "Ghi báo cáo MONTH (YYYY-MM) của tỉnh hoặc xã UNIT thành tệp.",
    "targets follow": "Trong các văn bản mâu thuẫn về UNIT, thực hiện theo một văn bản, có lý do.",
    "targets set": "Ghi chỉ tiêu mà một văn bản giao cho UNIT; cùng văn bản ghi lại thì là sửa.",
    "targets show": "In chỉ tiêu của UNIT cùng số liệu thực tế.",
    "territory": "Các đơn vị hành chính của cả nước: tỉnh và xã.",
    "territory change": "Ghi một thay đổi: UNIT nhận sáp nhập, được chia, đổi tên, đổi loại hoặc đổi mã.",
    "territory place": "Phân người, hộ, chợ, tổ, nơi làm việc hoặc tài khoản của xã bị chia tách vào UNIT.",
    "territory waiting": "Cho biết ai ở các xã bị chia tách còn chờ phân lại.",
    "territory update": "Ghi các thay đổi trong FILE hoặc danh sách năm 2026 đi kèm; chạy lại không đổi gì.",
    "territory load": "Lập các đơn vị chính thức (34 tỉnh, 3.321 xã); chạy lại thì không đổi gì.",
    "territory reform": "Ghi việc sắp xếp ngày 1/7/2025: các đơn vị trước đó và nay thuộc đơn vị nào.",
    "teams": "In các tổ công nghệ số của UNIT và đơn vị trực thuộc, kèm số thành viên.",
    "visits": "In số hộ đã đi của UNIT và từng đơn vị trực thuộc, trên số hộ đã khai.",
    "weeks": "In số liệu từng tuần của UNIT và các đơn vị trực thuộc, nơi đang chậm đứng trước.",
}


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the terminal speaks Vietnamese: the first of these that is set decides, as for others."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if said := environment.get(name):
            return said.lower().startswith("vi")
    return False


def speak(lantoa: AtFirstUse) -> None:
    """Puts the Vietnamese words before the English ones, those of a command when it is imported."""
    lantoa.help = OVERVIEW
    lantoa.about = {name: COMMANDS[name] for name in lantoa.about}
    lantoa.dress = _dress


def _dress(name: str, command: click.Command) -> None:
    for full, one in named(command, name):
        one.short_help = COMMANDS[full]
        one.help = f"{COMMANDS[full]}\n\n{cleandoc(one.help or '')}"


def named(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those within it by their full names, such as `keys rotate`."""
    yield name, command
    if isinstance(command, click.Group):
        for below, one in command.commands.items():
            yield from named(one, f"{name} {below}")
