#!/bin/sh
# Packs the extension as reeve-vscode-VERSION.vsix, which `code --install-extension` takes. Needs zip, or else python3; no npm.
#
#   package.sh [-o DIR]
#
#   -o DIR   where the file goes; the current directory if not given
#
# Prints the file's path. Exit codes: 0 packed, 1 it could not be packed, 2 usage.
set -eu

fail() {
    code=$1
    shift
    printf 'package.sh: %s\n' "$*" >&2
    exit "$code"
}

directory=.
while getopts o: option; do
    case $option in
        o) directory=$OPTARG ;;
        *) fail 2 'usage: package.sh [-o DIR]' ;;
    esac
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || fail 2 'usage: package.sh [-o DIR]'
[ -d "$directory" ] || fail 1 "$directory is no directory"
directory=$(cd "$directory" && pwd)
source=$(cd "$(dirname "$0")" && pwd)

# The manifest is ours: one member a line, strings without quotes in them.
member() {
    sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p" "$source/package.json" | head -n 1 |
        sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}
name=$(member name) version=$(member version) publisher=$(member publisher)
engine=$(sed -n 's/.*"engines": { "vscode": "\([^"]*\)".*/\1/p' "$source/package.json")
for found in "$name" "$version" "$publisher" "$engine"; do
    [ -n "$found" ] || fail 1 'package.json lacks name, version, publisher or engine'
done

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 1' INT TERM
mkdir "$stage/extension"
cp -R "$source/package.json" "$source/README.md" "$source/src" "$source/media" "$stage/extension/"
license=
if [ -f "$source/../../LICENSE" ]; then
    cp "$source/../../LICENSE" "$stage/extension/LICENSE.txt"
    license='<Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>'
fi

cat >"$stage/[Content_Types].xml" <<XML
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension=".json" ContentType="application/json"/>
  <Default Extension=".js" ContentType="application/javascript"/>
  <Default Extension=".md" ContentType="text/markdown"/>
  <Default Extension=".svg" ContentType="image/svg+xml"/>
  <Default Extension=".txt" ContentType="text/plain"/>
  <Default Extension=".vsixmanifest" ContentType="text/xml"/>
</Types>
XML
cat >"$stage/extension.vsixmanifest" <<XML
<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="$name" Version="$version" Publisher="$publisher"/>
    <DisplayName>$(member displayName)</DisplayName>
    <Description xml:space="preserve">$(member description)</Description>
    <Categories>Other</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="$engine"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    $license
  </Assets>
</PackageManifest>
XML

file=$directory/$name-$version.vsix
cd "$stage"
if command -v zip >/dev/null; then
    zip -q -X -r "$stage/packed.zip" . -x ./packed.zip
elif command -v python3 >/dev/null; then
    python3 -m zipfile -c "$stage/packed.zip" '[Content_Types].xml' extension.vsixmanifest extension
else
    fail 1 'neither zip nor python3 is there'
fi
# Whole or not at all, also over an older one.
if ! { cp packed.zip "$file.part.$$" && mv -f "$file.part.$$" "$file"; }; then fail 1 "$file cannot be written"; fi
printf '%s\n' "$file"
