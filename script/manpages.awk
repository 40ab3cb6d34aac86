# SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
# SPDX-FileCopyrightText: The itsguard authors
#
# For script/manpages: pages in mdoc from the headers. A header is read in blocks, which are what stands
# between empty lines: a comment, and what it is about. Sets out, version, date.

# ---- what mdoc would take for its own ----

function text(line) {
	gsub(/\\/, "\\e", line)
	gsub(/`[^`]*`/, "\\fB&\\fR", line)
	gsub(/`/, "", line)
	gsub(/(^|[ (])-/, "&\001", line)
	gsub(/-\001/, "\\-", line)
	return line ~ /^[.']/ ? "\\&" line : line
}

function code(line) {
	gsub(/\\/, "\\e", line)
	gsub(/-/, "\\-", line)
	return line ~ /^[.']/ ? "\\&" line : line
}

# Words behind a macro: none may be another macro, or a quotation.
function words(line,   n, i, word, result) {
	line = text(line)
	gsub(/"/, "\\(dq", line)
	n = split(line, word, " ")
	for (i = 1; i <= n; i++)
		result = result (i > 1 ? " " : "") (word[i] ~ /^[A-Z][a-z]$/ ? "\\&" : "") word[i]
	return result
}

# ---- comments ----

# A line of a comment without what makes it one.
function bare(line) {
	sub(/^[ \t]*\/?\*+[ \/]?/, "", line)
	sub(/[ \t]*\*\/$/, "", line)
	return line
}

# The first sentence, or the first part of a long one, for a list: "the bytes that a tracker needs".
function summary(body,   at) {
	gsub(/\n/, " ", body)
	sub(/^itsg_[a-z0-9_]+ - /, "", body)
	sub(/^itsguard: /, "", body)
	if (match(body, /[.;?]( |$)/))
		body = substr(body, 1, RSTART - 1)
	if (match(body, /: /) && RSTART > 20)
		body = substr(body, 1, RSTART - 1)
	if (body ~ /^[A-Z][a-z]* / && body !~ /^MAPD|^SYNC/)
		body = tolower(substr(body, 1, 1)) substr(body, 2)
	return body
}

function end_list() {
	if (listed)
		print ".El" >page
	listed = 0
}

# "term  what it means" begins an item, what is indented goes on with it, and all else is a paragraph.
function describe(body,   n, i, line, part, term, lead, indent) {
	n = split(body, part, "\n")
	listed = 0
	term = ""
	for (i = 1; i <= n; i++) {
		line = part[i]
		if (i == 1 && sub(/^itsg_[a-z0-9_]+ - /, "", line))
			line = toupper(substr(line, 1, 1)) substr(line, 2)
		if (line == "") {
			end_list()
			if (i < n)
				print ".Pp" >page
			continue
		}
		# Names that stand before the rest of their item.
		if (line ~ /^(ITSG_[A-Z0-9_]+, )*ITSG_[A-Z0-9_]+,$/) {
			term = term line " "
			continue
		}
		match(line, /^ */)
		if (!listed || RLENGTH <= indent) {
			lead = RLENGTH
			sub(/^ +/, "", line)
			# A name that is too long for its column.
			if (listed && line ~ /^ITSG_[A-Z0-9_]+ [^ ]/)
				sub(/ /, "  ", line)
			if (match(line, /[^ ]   *[^ ]/)) {
				if (!listed)
					print ".Bl -tag -width Ds" >page
				listed = 1
				indent = lead
				print ".It " words(term substr(line, 1, RSTART)) >page
				sub(/^.*[^ ]   */, "", line)
				term = ""
			} else if (listed) {
				end_list()
				print ".Pp" >page
			}
		}
		sub(/^ +/, "", line)
		print text(term line) >page
		term = ""
	}
	end_list()
}

# ---- pages ----

function begin_page(name,   i) {
	page = out "/" name ".3"
	for (i = 1; i <= 2; i++)
		print ".\\\" " licence[i] >page
	printf ".\\\" Made by script/manpages of the header: change that.\n" >page
	printf ".Dd %s\n.Dt %s 3\n.Os itsguard %s\n.Sh NAME\n", date, toupper(name), version >page
}

function synopsis(what,   n, i, part) {
	printf ".Sh SYNOPSIS\n.In itsguard/%s\n.Bd -literal\n", header >page
	n = split(what, part, "\n")
	for (i = 1; i <= n; i++)
		if (part[i] != "" || i < n)
			print code(part[i]) >page
	print ".Ed" >page
}

function overview(of) {
	return of == "itsguard.h" ? "itsguard" : "itsguard_" substr(of, 1, length(of) - 2)
}

function end_page() {
	printf ".Sh SEE ALSO\n.Xr %s 3\n", overview(header) >page
	close(page)
}

# The page of a block; `names` are separated by blanks.
function write_block(names, body, what,   n, i, name) {
	n = split(names, name, " ")
	begin_page(name[1])
	for (i = 1; i <= n; i++)
		print ".Nm " name[i] (i < n ? " ," : "") >page
	print ".Nd " words(summary(body)) >page
	synopsis(what)
	print ".Sh DESCRIPTION" >page
	describe(body)
	if (name[1] == "itsg_reason")
		write_reasons()
	end_page()
	for (i = 2; i <= n; i++) {
		page = out "/" name[i] ".3"
		print ".so man3/" name[1] ".3" >page
		close(page)
	}
	entries[++entry_count] = name[1]
	entry_names[entry_count] = names
	entry_summary[entry_count] = summary(body)
}

function write_reasons(   i) {
	print ".Pp\n.Bl -tag -width Ds" >page
	for (i = 1; i <= reasons; i++)
		printf ".It ITSG_%s\n%s\n", reason[i], text(sentence[i]) >page
	print ".El" >page
}

function write_header(   i, n, name) {
	begin_page(overview(header))
	print ".Nm " overview(header) >page
	print ".Nd " words(summary(about)) >page
	printf ".Sh SYNOPSIS\n.In itsguard/%s\n.Sh DESCRIPTION\n", header >page
	describe(about)
	if (entry_count) {
		print ".Sh FUNCTIONS AND TYPES\n.Bl -tag -width Ds" >page
		for (i = 1; i <= entry_count; i++) {
			n = split(entry_names[i], name, " ")
			printf ".It Xr %s 3", entries[i] >page
			for (name[0] = 2; name[0] <= n; name[0]++)
				printf " , Xr %s 3", name[name[0]] >page
			printf "\n%s\n", text(entry_summary[i]) >page
		}
		print ".El" >page
	}
	if (constants != "") {
		print ".Sh CONSTANTS\n.Bd -literal" >page
		n = split(constants, name, "\n")
		for (i = 1; i < n; i++)
			print code(name[i]) >page
		print ".Ed" >page
	}
	printf ".Sh SEE ALSO\n" >page
	print header == "itsguard.h" ? ".Xr itsguard 1" : ".Xr itsguard 3" >page
	close(page)
}

# ---- blocks ----

# The licence lines of a header are those of its pages.
/^\/\* SPDX/ { licence[FNR] = bare($0) }

# The names that a block declares: functions, or the tag of a structure or enumeration.
function declared(what,   n, i, part, names, depth, found) {
	n = split(what, part, "\n")
	for (i = 1; i <= n; i++) {
		found = ""
		if (depth == 0 && part[i] ~ /^(struct|enum) itsg_[a-z0-9_]+ {/) {
			split(part[i], found_words, " ")
			found = found_words[2]
		} else if (depth == 0 && part[i] !~ /^#/ && match(part[i], /itsg_[a-z0-9_]+\(/)) {
			found = substr(part[i], RSTART, RLENGTH - 1)
		}
		if (found != "")
			names = names (names == "" ? "" : " ") found
		depth += gsub(/[{(]/, "", part[i]) - gsub(/[})]/, "", part[i])
	}
	return names
}

# Of a function with a body only what declares it.
function prototypes(what) {
	if (what ~ /^static inline/)
		sub(/\n{.*/, ";\n", what)
	return what
}

function end_block(   names) {
	if (block == "" && comment == "")
		return
	names = declared(block)
	if (names != "" && comment == "") {
		printf "include/itsguard/%s: nothing is said about %s\n", header, names >"/dev/stderr"
		failed = 1
	} else if (names != "") {
		write_block(names, comment, prototypes(block))
	} else if (block == "") {
		about = about (about == "" ? "" : "\n\n") comment
	} else if (block ~ /(^|\n)#define / && block !~ /#define ITSG_REASON/) {
		constants = constants raw "\n"
	}
	block = ""
	comment = ""
	raw = ""
}

function end_header() {
	if (header == "")
		return
	end_block()
	write_header()
}

FNR == 1 {
	end_header()
	header = FILENAME
	sub(/.*\//, "", header)
	about = constants = block = comment = raw = ""
	entry_count = in_comment = inner = depth = 0
}

# The list of reasons: of each a line with its name, one with a sentence, and more.
/^#define ITSG_REASONS\(X\)/ { list = 1; block = $0 }
list {
	line = $0
	if (line ~ /^\tX\(/) {
		gsub(/^\tX\(|, \\$/, "", line)
		reason[++reasons] = line
	} else if (!(reasons in sentence)) {
		gsub(/^[\t ]*"|", \\$/, "", line)
		sentence[reasons] = line
	}
	list = $0 ~ /\\$/
	next
}

/^\/\* (SPDX|clang-format|----)/ || /^#(ifndef|endif|ifdef|else|undef|include)/ || /^#define ITSGUARD_[A-Z]*_H$/ ||
	/^extern "C" {$/ || (/^}$/ && depth == 0) {
	end_block()
	next
}
!in_comment && depth == 0 && /^$/ { end_block(); next }
!in_comment && depth == 0 && /^\/\*/ {
	if (block != "")
		end_block()
	in_comment = 1
}
{ raw = raw $0 "\n" }
in_comment {
	line = bare($0)
	if (!(line == "" && (comment == "" || $0 ~ /\*\/$/)))
		comment = comment (comment == "" ? "" : "\n") line
	if ($0 ~ /\*\/$/)
		in_comment = 0
	next
}
{
	block = block $0 "\n"
	line = $0
	gsub(/\/\*.*\*\//, "", line)
	# What a comment says, "[pa, pa + bytes)" say, opens and closes nothing.
	if (inner && !sub(/^.*\*\//, "", line))
		line = ""
	else
		inner = sub(/\/\*.*$/, "", line)
	gsub(/"[^"]*"/, "", line)
	depth += gsub(/[{(]/, "", line) - gsub(/[})]/, "", line)
}
END {
	end_header()
	exit failed
}
