"""A small table of Slack's emoji names; what it does not know is shown as it was typed."""

from markupsafe import Markup

_TABLE = """
👍 +1|thumbsup 👎 -1|thumbsdown 👏 clap 👋 wave 👌 ok_hand 🙌 raised_hands 🙏 pray 💪 muscle ☝️ point_up 👇
point_down 👈 point_left 👉 point_right ✌️ v 🤞 crossed_fingers 🤝 handshake ✊ fist ✋ raised_hand ✍️
writing_hand 👀 eyes 🧠 brain 😄 smile 😃 smiley 😀 grinning 😁 grin 😆 laughing 😂 joy 🙂
slightly_smiling_face 😉 wink 😊 blush 😍 heart_eyes 😘 kissing_heart 🤔 thinking_face 😐 neutral_face 😑
expressionless 😶 no_mouth 😏 smirk 😒 unamused 🙄 face_with_rolling_eyes 😬 grimacing 😌 relieved 😔
pensive 😴 sleeping 😷 mask 😎 sunglasses 🤓 nerd_face 😕 confused 😟 worried 🙁 slightly_frowning_face 😮
open_mouth 😯 hushed 😲 astonished 😳 flushed 😢 cry 😭 sob 😱 scream 😞 disappointed 😓 sweat 😅 sweat_smile
😩 weary 😫 tired_face 😠 angry 😡 rage 🤯 exploding_head 🥳 partying_face 🤗 hugging_face 🤫 shushing_face
😇 innocent 😋 yum 😛 stuck_out_tongue 🤖 robot_face 👻 ghost 💀 skull 💩 poop 🙈 see_no_evil 🙉 hear_no_evil
🙊 speak_no_evil ❤️ heart 💔 broken_heart 🧡 orange_heart 💛 yellow_heart 💚 green_heart 💙 blue_heart 💜
purple_heart 🖤 black_heart 💖 sparkling_heart 💯 100 🔥 fire ⭐ star 🌟 star2 ✨ sparkles ⚡ zap 💥 boom 💫
dizzy 🎉 tada 🎊 confetti_ball 🎈 balloon 🎁 gift 🏆 trophy 🏅 medal 🎯 dart 🚀 rocket ✈️ airplane 🚢 ship 🚗
car 🚲 bike 🚧 construction 👷 construction_worker 🚨 rotating_light 🚦 vertical_traffic_light 🚥
traffic_light 🗺️ world_map 🧭 compass ⛰️ mountain 🏔️ snow_capped_mountain 🛤️ railway_track 🛣️
motorway 💡 bulb 🔍 mag 🔎 mag_right 📝 memo|pencil ✏️ pencil2 📋 clipboard 📌 pushpin 📍 round_pushpin 📎
paperclip 🔗 link 📚 books 📖 book 🔖 bookmark 📓 notebook 📄 page_facing_up 📰 newspaper 📆 calendar 📅 date
🗓️ spiral_calendar_pad 📁 file_folder 📂 open_file_folder 🗂️ card_index_dividers 🗑️ wastebasket 🔒 lock
🔓 unlock 🔑 key 🔨 hammer 🔧 wrench ⚙️ gear 🛠️ hammer_and_wrench 🧰 toolbox 🛡️ shield ⚖️ scales 📊
bar_chart 📈 chart_with_upwards_trend 📉 chart_with_downwards_trend 💰 moneybag 💵 dollar 💶 euro 💳
credit_card 💼 briefcase 🔔 bell 🔕 no_bell 📢 loudspeaker 📣 mega 💬 speech_balloon 💭 thought_balloon ✉️
email|envelope 📨 incoming_envelope 📥 inbox_tray 📤 outbox_tray 📦 package ☎️ phone 💻 computer 🖥️
desktop_computer 📱 iphone 🔋 battery 🔌 electric_plug 📡 satellite 🔬 microscope 🔭 telescope 🧪 test_tube
⚗️ alembic 🧫 petri_dish 🧬 dna ⌛ hourglass ⏳ hourglass_flowing_sand ⏰ alarm_clock ⏱️ stopwatch ⌚
watch ⏲️ timer_clock 🕐 clock1 🕘 clock9 ✅ white_check_mark ✔️ heavy_check_mark ☑️
ballot_box_with_check ❌ x ❎ negative_squared_cross_mark ➕ heavy_plus_sign ➖ heavy_minus_sign ❓
question ❔ grey_question ❗ exclamation ❕ grey_exclamation ‼️ bangbang ⚠️ warning ⛔ no_entry 🚫
no_entry_sign 🛑 octagonal_sign|stop_sign ♻️ recycle ℹ️ information_source ➡️ arrow_right ⬅️
arrow_left ⬆️ arrow_up ⬇️ arrow_down ↗️ arrow_upper_right ↘️ arrow_lower_right ↪️ arrow_right_hook
↩️ leftwards_arrow_with_hook 🔄 arrows_counterclockwise 🔁 repeat ⏩ fast_forward ⏪ rewind ▶️
arrow_forward ⏸️ double_vertical_bar 🔴 red_circle 🟠 large_orange_circle|orange_circle 🟡
large_yellow_circle|yellow_circle 🟢 large_green_circle|green_circle 🔵 large_blue_circle|blue_circle
🟣 large_purple_circle|purple_circle ⚪ white_circle ⚫ black_circle ⬜ white_large_square ⬛
black_large_square 🔷 large_blue_diamond 🔶 large_orange_diamond 🔹 small_blue_diamond 🔸
small_orange_diamond 🔺 small_red_triangle 1️⃣ one 2️⃣ two 3️⃣ three 4️⃣ four 5️⃣ five 6️⃣ six 7️⃣
seven 8️⃣ eight 9️⃣ nine 0️⃣ zero #️⃣ hash ☀️ sunny ☁️ cloud 🌈 rainbow ☂️ umbrella ❄️ snowflake 💧
droplet 🌊 ocean 🌱 seedling 🌿 herb 🌲 evergreen_tree 🌳 deciduous_tree 🌵 cactus 🍀 four_leaf_clover 🍁
maple_leaf 🍄 mushroom 🌹 rose 🌷 tulip 🌻 sunflower 🌍 earth_africa 🌐 globe_with_meridians 🌙
crescent_moon ☕ coffee 🍵 tea 🍺 beer 🍕 pizza 🍰 cake 🎂 birthday 🍪 cookie 🍩 doughnut 🍎 apple 🍌 banana 🥑
avocado 🍿 popcorn 🐶 dog 🐱 cat 🐭 mouse 🐰 rabbit 🦊 fox_face 🐻 bear 🐼 panda_face 🦄 unicorn_face 🐝 bee 🐛
bug 🦋 butterfly 🐢 turtle 🐳 whale 🦉 owl 🐧 penguin 🐌 snail 🐜 ant 🎲 game_die 🧩 jigsaw ♟️ chess_pawn 🔮
crystal_ball 🧵 thread 🧶 yarn 🌉 bridge_at_night 🏠 house 🏢 office 🏫 school 🏗️ building_construction 🧱
brick 🧮 abacus 🧲 magnet 🚩 triangular_flag_on_post 🏁 checkered_flag 🎌 crossed_flags 👤
bust_in_silhouette 👥 busts_in_silhouette 🎨 art 🎵 musical_note 📷 camera 🎥 movie_camera 📺 tv 🎧
headphones 🤣 rofl 🙃 upside_down_face 🤐 zipper_mouth_face 🔟 keycap_ten 🪢 knot 🪜 ladder 🪞 mirror
"""

_words = _TABLE.split()
EMOJI: dict[str, str] = {
    name: picture for picture, names in zip(_words[::2], _words[1::2], strict=True) for name in names.split("|")
}


def emoji_html(name: str) -> Markup:
    """Draw an emoji by its Slack name (`tada`, `wave::skin-tone-3`), for eyes and for screen readers."""
    base, _, tone = name.partition("::skin-tone-")
    picture = EMOJI.get(base)
    if picture is None:
        return Markup.escape(f":{name}:")
    if tone:
        picture = picture.removesuffix("\ufe0f") + chr(0x1F3FB + int(tone) - 2)
    return Markup('<span class="emoji" role="img" aria-label="{0}" title=":{0}:">{1}</span>').format(name, picture)


def picture_of(name_or_picture: str) -> str:
    """Return the picture for `:tada:`, `tada` or 🎉 itself."""
    return EMOJI.get(name_or_picture.strip(":"), name_or_picture)
