#!/bin/sh
# Stands in for an agent's program: prints its version and its help, and refuses what the real one refuses. What that is stands in
# the table; where the table comes from stands at its top. The real programs were not run.
#
#   tool.sh TABLE ARGUMENT...
#
# What it took is printed, one line each: "flag NAME VALUE", "word TEXT", "command NAME", "stdin TEXT".
table=$1
shift
code=1
message='unknown option {flag}'
while IFS= read -r line; do
    case $line in
    'prints '*) version=${line#prints } ;;
    'refuses '*)
        line=${line#refuses }
        code=${line%% *}
        message=${line#* }
        ;;
    esac
done <"$table"

refuse() {
    printf '%s\n' "$1" >&2
    exit "$code"
}

unknown() {
    refuse "$(printf '%s' "$message" | sed "s/{flag}/$1/")"
}

# The row of a flag in a scope: its first name, what it takes, its values. Fails where there is none.
look() {
    while read -r kind at names takes values shape; do
        case $kind$at in "flag$1") ;; *) continue ;; esac
        case ",$names," in
        *",$2,"*)
            # The last name is the one that the rules below use, because a short one stands first.
            first=${names##*,}
            for name in $(printf '%s' "$names" | tr ',' ' '); do
                case $name in --*) first=$name && break ;; esac
            done
            return 0
            ;;
        esac
    done <"$table"
    return 1
}

print_help() {
    while read -r kind at names takes values shape; do
        [ "$at" = "$1" ] || continue
        case $kind in
        flag)
            [ "$shape" = hidden ] && continue
            [ "$shape" = - ] && shape=
            printf '  %s %s\n' "$(printf '%s' "$names" | sed 's/,/, /g')" "$shape"
            [ "$values" = - ] || printf '        one of %s\n' "$values"
            ;;
        command) printf '  %s\n' "$names" ;;
        esac
    done <"$table"
}

scope=-
words=0
given=' '

note() {
    given="$given$1 "
    [ -n "$2" ] && given="$given$1=$2 "
}

while [ $# -gt 0 ]; do
    word=$1
    shift
    case $word in
    --)
        while [ $# -gt 0 ]; do
            words=$((words + 1))
            printf 'word %s\n' "$1"
            shift
        done
        break
        ;;
    -?*)
        value=
        joined=
        name=$word
        case $word in
        --*=*)
            name=${word%%=*}
            value=${word#*=}
            joined=yes
            ;;
        esac
        look "$scope" "$name" || unknown "$name"
        case $first in
        --help)
            print_help "$scope"
            exit 0
            ;;
        --version)
            printf '%s\n' "$version"
            exit 0
            ;;
        esac
        case $takes in
        none) [ -z "$joined" ] || refuse "$name takes no value" ;;
        value)
            if [ -z "$joined" ]; then
                [ $# -gt 0 ] || refuse "$name wants a value"
                case $1 in -?*) refuse "$name wants a value, not $1" ;; esac
                value=$1
                shift
            fi
            if [ "$values" != - ]; then
                case "|$values|" in *"|$value|"*) ;; *) refuse "$name cannot be '$value'" ;; esac
            fi
            ;;
        optional)
            if [ -z "$joined" ] && [ $# -gt 0 ]; then
                case $1 in -*) ;; *) value=$1 && shift ;; esac
            fi
            ;;
        words)
            # Takes all words up to the next flag: a prompt that stands there is lost in it.
            if [ -z "$joined" ]; then
                [ $# -gt 0 ] || refuse "$name wants a value"
                while [ $# -gt 0 ]; do
                    case $1 in -*) break ;; esac
                    value="$value${value:+ }$1"
                    shift
                done
            fi
            ;;
        esac
        note "$first" "$value"
        printf 'flag %s %s\n' "$first" "$value"
        ;;
    *)
        next=
        if [ "$words" = 0 ]; then
            while read -r kind at names target; do
                case $kind$at in "command$scope") ;; *) continue ;; esac
                case ",$names," in *",$word,"*) next=$target ;; esac
            done <"$table"
        fi
        if [ "$next" = unlisted ]; then
            refuse "the flags of the subcommand $word are not in the table"
        elif [ -n "$next" ]; then
            scope=$next
            printf 'command %s\n' "$scope"
        else
            words=$((words + 1))
            printf 'word %s\n' "$word"
        fi
        ;;
    esac
done

most=0
while read -r kind at first rest; do
    [ "$at" = "$scope" ] || continue
    case $kind in
    words) most=$first ;;
    pair | needs | one-of)
        present=
        case $given in *" $first "*) present=yes ;; esac
        [ "$first" = positional ] && [ "$words" -gt 0 ] && present=yes
        [ -n "$present" ] || continue
        ;;
    esac
    case $kind in
    pair)
        other=${rest%% *}
        unless=
        case $rest in *' '*) unless=${rest#* } ;; esac
        [ "$words" -gt 0 ] && given="$given positional "
        case $given in *" $other "*) ;; *) continue ;; esac
        if [ -n "$unless" ]; then case $given in *" $unless "*) continue ;; esac fi
        refuse "$first cannot be used with $other"
        ;;
    needs)
        for flag in $rest; do
            case $given in *" $flag "*) ;; *) refuse "$first wants $flag" ;; esac
        done
        ;;
    one-of)
        found=
        for flag in $rest; do
            case $given in *" $flag "*) found=yes ;; esac
        done
        [ -n "$found" ] || refuse "$first wants one of $rest"
        ;;
    esac
done <"$table"
[ "$words" -le "$most" ] || refuse "$words words where $most are taken"
if [ ! -t 0 ]; then
    while IFS= read -r line; do printf 'stdin %s\n' "$line"; done
fi
exit 0
