# What the checks of the sources share: finding files, reading code without comments, TAP.
package TernCheck;
use strict;
use warnings;
use Exporter 'import';
use File::Find;
our @EXPORT = qw(srcdir builddir sources code_lines test finish skip_all slurp);

my $count = 0;
my $bad = 0;

sub srcdir { return $ENV{TERN_SRCDIR} // '.' }
sub builddir { return $ENV{TERN_BUILDDIR} // srcdir() }

# The C files below some directories of the tree, named from its top.
sub sources {
	my $top = srcdir();
	my @found;
	for my $directory (@_) {
		next unless -d "$top/$directory";
		find({no_chdir => 1, wanted => sub {
			push @found, substr($_, length("$top/")) if /\.[ch]\z/;
		}}, "$top/$directory");
	}
	return sort @found;
}

sub slurp {
	my ($path) = @_;
	open my $in, '<', $path or die "$path: $!\n";
	local $/;
	return scalar <$in>;
}

# A file's lines with comments gone and strings emptied; their numbers stay.
sub code_lines {
	my ($file) = @_;
	my $text = slurp(srcdir() . "/$file");
	$text =~ s{("(?:[^"\\\n]|\\.)*")|('(?:[^'\\\n]|\\.)+')|(/\*.*?\*/)|(//[^\n]*)}{
		defined $1 ? '""' : defined $2 ? "' '" : do { my $c = $3 // $4; $c =~ tr/\n//cd; $c } }gse;
	return split /\n/, $text;
}

# One TAP test: it passes where no complaint is given.
sub test {
	my ($name, @complaints) = @_;
	$count++;
	print @complaints ? 'not ok' : 'ok', " $count - $name\n";
	print "# $_\n" for @complaints;
	$bad++ if @complaints;
}

sub finish {
	print "1..$count\n";
	exit($bad || !$count ? 1 : 0);
}

sub skip_all {
	print "1..0 # SKIP $_[0]\n";
	exit 0;
}

1;
