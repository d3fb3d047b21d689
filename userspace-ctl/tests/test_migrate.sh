#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# sipsteer migrate of rules in a file: what takes their place, what is said of
# those that stay, and what is wrong with a text. Needs no module, no privilege.
# migrate/NAME.conf is what has to come of migrate/NAME.rules.
#
# shellcheck disable=SC2317 # functions that check() calls

here=$(realpath "$(dirname "$0")")
# shellcheck source=lib.sh
. "$here/lib.sh"
sipsteer=$(realpath "${SIPSTEER:-$here/../sipsteer}")
cd "$here/migrate" || exit

# answers STATUS OUTPUT WORDS...: with the text on standard input
answers() {
	local want=$1 text=$2 status
	shift 2
	"$sipsteer" "$@" >"$dir/output" 2>&1
	status=$?
	diff "$dir/output" - <<<"$text" || return
	[ "$status" = "$want" ] || { echo "status $status, not $want"; return 1; }
}

is() { # NAME STATUS OUTPUT WORDS...
	check "$1" answers "${@:2}"
}

file() { # NAME
	is "$1" 0 "$(<"$1.conf")" migrate --iptables-save "$1.rules"
}

# In the table nat, behind its head of three lines: one line, or more.
nat() { printf '*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT - [0:0]\n%b\nCOMMIT\n' "$1"; }

wrong() { # LINE:COLUMN MESSAGE TEXT
	is "wrong: $2" 1 "sipsteer: migrate: stdin:$1: $2" \
		migrate --iptables-save - < <(printf '%b' "$3")
}

wrong_rule() { # COLUMN MESSAGE OPTIONS
	wrong "4:$1" "$2" "$(nat "-A OUTPUT $3")\n"
}

# Several texts make one configuration.
together() {
	diff <("$sipsteer" migrate --iptables-save android.rules --iptables-save - <ipv6.rules |
		grep '^add ' | sort) <(grep -h '^add ' android.conf ipv6.conf | sort)
}

# What JSON says is what the configuration says.
json_agrees() { # NAME
	"$sipsteer" -j migrate --iptables-save "$1.rules" | /usr/bin/python3 -c '
import json, re, sys
plan = json.load(sys.stdin)
conf = open(sys.argv[1]).read().splitlines()
remove = [line[4:] for line in conf if re.match("#   (ip6?tables|nft) ", line)]
assert [each["command"] for each in plan["remove"]] == remove
places = re.findall("^#   (" + sys.argv[2] + r":\d+): ", "\n".join(conf), re.M)
assert [each["rule"] for each in plan["skipped"]] == places
assert all(each["reasons"] for each in plan["skipped"])
assert len(plan["exempt"]) == sum(line.startswith("exempt ") for line in conf)
add = [line.split() for line in conf if line.startswith("add ")]
assert len(add) == len(plan["mappings"])
for words, mapping in zip(add, plan["mappings"]):
    match, target = mapping["match"], mapping["target"]
    text = "[%s]" if ":" in match["addr"] else "%s"
    full = 128 if ":" in match["addr"] else 32
    prefix = "" if match["len"] == full else "/%d" % match["len"]
    assert words[1] == text % match["addr"] + prefix + ":%d" % match["port"]
    assert words[3] == text % target["addr"] + ":%d" % target["port"]
    for name in "id", "steered", "restored", "passed":
        assert name not in mapping
' "$1.conf" "$1.rules"
}

# A text that is cut off anywhere, or has a byte changed, is read or refused.
damaged() {
	/usr/bin/python3 - "$sipsteer" matches.rules <<-'END'
		import random, subprocess, sys
		text = open(sys.argv[2], "rb").read()
		random.seed(1)
		texts = [text[:random.randrange(len(text))] for _ in range(60)]
		for _ in range(140):
		    at = random.randrange(len(text))
		    byte = random.choice(b'\0"!-:,/.[]|\\\n \t09aZ\xff')
		    texts.append(text[:at] + bytes([byte]) + text[at + random.randrange(3):])
		for text in texts:
		    done = subprocess.run([sys.argv[1], "migrate", "--iptables-save", "-"],
		                          input=text, capture_output=True)
		    if done.returncode not in (0, 1) or (done.returncode == 1) != (
		            done.stderr.startswith(b"sipsteer: migrate: stdin:")):
		        print("#", text, done)
		        sys.exit(1)
	END
}

tests() {
	local head='*nat\n:OUTPUT ACCEPT [0:0]\n' name

	for name in *.rules; do
		file "${name%.rules}"
		check "$name: JSON says the same" json_agrees "${name%.rules}"
	done
	check "several files, one from standard input" together
	is "no rules" 0 "# No rule here looks like the workaround and can be a mapping." \
		migrate --iptables-save /dev/null
	check "a text that is damaged is read, or refused with a place" damaged

	# The command line
	is "unknown word" 1 'sipsteer: migrate: unknown word "all"' migrate all
	is "no file" 1 'sipsteer: migrate: "--iptables-save" needs a value: the name of a file, or -' \
		migrate --iptables-save
	is "no port" 1 'sipsteer: migrate: "--port" needs a value: PORT[-PORT][,...]' \
		migrate --port
	is "a file that is not there" 1 \
		'sipsteer: migrate: cannot open "no-such": No such file or directory' \
		migrate --iptables-save no-such
	is "a folder" 1 'sipsteer: migrate: cannot read ".": Is a directory' \
		migrate --iptables-save .
	for name in 0 65536 5054-5053 '5054,' ',5054' 5054-5055-5056 sip '' 5054: -5; do
		is "bad ports $name" 1 \
			"sipsteer: migrate: bad ports \"$name\": such as 5054,5060-5070" \
			migrate --port "$name" --iptables-save /dev/null
	done

	# The frame of a text
	wrong 1:1 '"-A" stands in no table' '-A OUTPUT -j ACCEPT\n'
	wrong 3:1 'table "nat" of line 1 has no COMMIT' '*nat\n\n*filter\nCOMMIT\n'
	wrong 1:1 'table "nat" has no COMMIT: the text is cut off' "$head"
	wrong 1:1 'this table has no name' '*\nCOMMIT\n'
	wrong 2:1 'this chain has no name' '*nat\n: ACCEPT\n'
	wrong 2:1 'chain "X" has no policy' '*nat\n:X\n'
	wrong 3:1 'chain "OUTPUT" comes twice' "$head:OUTPUT ACCEPT\n"
	wrong 3:1 '"-I" is nothing that iptables-save writes' "$head-I OUTPUT -j ACCEPT\n"
	wrong 3:7 '"add" is nothing that iptables-save writes' "${head}[0:0] add rule\n"
	wrong 3:1 'no chain behind "-A"' "$head-A\n"
	wrong 3:4 'there is no chain "SIP" in table "nat"' "$head-A SIP -j ACCEPT\n"
	wrong 3:5 'a NUL: this is no text' "$head-A O\\0UTPUT\n"
	wrong 3:65536 'the line is too long' "$head$(printf '%070000d' 0)\n"

	# Rules
	wrong_rule 11 '"-d" needs a value' '-d'
	wrong_rule 14 '"!" with nothing behind it' '-f !'
	wrong_rule 11 '"10.0.0.5" is no option' '10.0.0.5'
	wrong_rule 14 'this quote has no end' '-d "10.0.0.5'
	wrong_rule 14 'bad address "10.0.0"' '-d 10.0.0'
	wrong_rule 14 'bad address ""' '-d 10.0.0.5,'
	wrong_rule 14 'bad address "scscf.example"' '-d scscf.example'
	wrong_rule 14 'bad prefix length "33"' '-d 10.0.0.5/33'
	wrong_rule 14 'bad prefix length "255.0.0"' '-d 10.0.0.5/255.0.0'
	wrong_rule 14 'bad prefix length "ffff::"' '-d 10.0.0.5/ffff::'
	wrong_rule 26 'IPv6 address "2001:db8::1" in a rule for the other family' \
		'-s 10.0.0.5 -d 2001:db8::1'
	wrong_rule 26 'bad port "50x4"' '-p udp --dport 50x4'
	wrong_rule 26 'bad port "65536"' '-p udp --dport 65536'
	wrong_rule 26 'bad port ""' '-p tcp --dport ""'
	wrong_rule 40 'bad port "x"' '-p udp -m multiport --dports 5054,x'
	wrong_rule 14 'bad interface name "wlan0123456789ab"' '-i wlan0123456789ab'
	wrong_rule 34 'the range "10.0.0.9-10.0.0.1" ends before it begins' \
		'-m iprange --dst-range 10.0.0.9-10.0.0.1'
	wrong_rule 34 'bad address ""' '-m iprange --dst-range 10.0.0.9-'
	wrong_rule 34 'bad hexadecimal digits in "|4|"' '-m string --hex-string "|4|"'
	wrong_rule 36 'bad address "203.0.113"' '-j DNAT --to-destination 203.0.113:5060'
	wrong_rule 36 'bad port ""' '-j DNAT --to-destination 203.0.113.1:'
	wrong_rule 36 'bad port "0"' '-j DNAT --to-destination 203.0.113.1:0'
	wrong_rule 36 'no "]" in "[2001:db8::1"' '-j DNAT --to-destination [2001:db8::1'
	wrong_rule 36 '"x" behind the address in "[2001:db8::1]x"' \
		'-j DNAT --to-destination [2001:db8::1]x'
	wrong_rule 34 'bad port "x"' '-j REDIRECT --to-ports x'

	# A comment may hold what it likes.
	is "what a shell would obey is quoted" 0 "$(cat <<-'END'
		add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp comment "\$(reboot) \`reboot\` !! '\\"

		# To be kept in mind:
		#   mappings steer REGISTER alone, unless they name other methods

		# Once they are loaded, remove the rules they replace:
		#   iptables -t nat -D OUTPUT -d 10.0.0.5 -p udp --dport 5054 -m comment --comment '$(reboot) `reboot` !! '\''\' -j DNAT --to-destination 203.0.113.1:5060
	END
	)" migrate --iptables-save - < <(nat "-A OUTPUT -d 10.0.0.5 -p udp --dport 5054 -m comment --comment \"\$(reboot) \`reboot\` !! '\\\\\\\\\" -j DNAT --to-destination 203.0.113.1:5060")
	is "what a terminal would obey is not shown" 0 "$(cat <<-'END'
		add 10.0.0.5:5054 to 203.0.113.1:5060 proto udp

		# To be kept in mind:
		#   mappings steer REGISTER alone, unless they name other methods

		# Not replaced:
		#   stdin:4: -A OUTPUT -d 10.0.0.5 -p udp --dport 5054 -m comment --comment "a?[31mb" -j DNAT --to-destination 203.0.113.1:5060
		#     in part; change it by hand
	END
	)" migrate --iptables-save - < <(nat '-A OUTPUT -d 10.0.0.5 -p udp --dport 5054 -m comment --comment "a\033[31mb" -j DNAT --to-destination 203.0.113.1:5060')
}

run_tests
