package suite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"starboard/engine/suite"
)

func TestParseShard(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		env        map[string]string
		want       *suite.Shard
		wantErr    string
	}{
		{name: "none"},
		{name: "explicit", text: "2/8", want: &suite.Shard{Index: 2, Count: 8}},
		{name: "last", text: "8/8", want: &suite.Shard{Index: 8, Count: 8}},
		{name: "beyond", text: "9/8", wantErr: "got shard 9 of 8 from --shard, want one of 1 to the number of shards"},
		{name: "zero", text: "0/8", wantErr: "got shard 0 of 8 from --shard, want one of 1 to the number of shards"},
		{name: "nonsense", text: "2-8", wantErr: `got shard "2-8", want I/N such as 1/4, or auto`},
		{name: "bazel", env: map[string]string{"TEST_TOTAL_SHARDS": "3", "TEST_SHARD_INDEX": "0"}, want: &suite.Shard{Index: 1, Count: 3}},
		{name: "bazel, beyond", env: map[string]string{"TEST_TOTAL_SHARDS": "3", "TEST_SHARD_INDEX": "3"},
			wantErr: "got shard 4 of 3 from TEST_SHARD_INDEX and TEST_TOTAL_SHARDS, want one of 1 to the number of shards"},
		{name: "explicit before bazel", text: "1/2", env: map[string]string{"TEST_TOTAL_SHARDS": "3", "TEST_SHARD_INDEX": "2"}, want: &suite.Shard{Index: 1, Count: 2}},
		{name: "slurm is not asked", env: map[string]string{"SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2"}},
		{name: "slurm", text: "auto", env: map[string]string{"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4"},
			want: &suite.Shard{Index: 3, Count: 4}},
		{name: "slurm from 0", text: "auto", env: map[string]string{"SLURM_ARRAY_TASK_ID": "0", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_COUNT": "4"},
			want: &suite.Shard{Index: 1, Count: 4}},
		{name: "kubernetes", text: "auto/5", env: map[string]string{"JOB_COMPLETION_INDEX": "4"}, want: &suite.Shard{Index: 5, Count: 5}},
		{name: "kubernetes without a number", text: "auto", env: map[string]string{"JOB_COMPLETION_INDEX": "4"},
			wantErr: "shard auto: JOB_COMPLETION_INDEX does not tell of how many shards it is one: say --shard auto/N"},
		{name: "nothing set", text: "auto/2", wantErr: "shard auto: none of TEST_SHARD_INDEX, SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX is set"},
		{name: "no number", text: "auto/x", env: map[string]string{"JOB_COMPLETION_INDEX": "4"}, wantErr: `got shard "auto/x", want auto/N`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := suite.ParseShard(tt.text, func(name string) string { return tt.env[name] })
			if s := errText(err); s != tt.wantErr {
				t.Fatalf("ParseShard error = %q, want %q", s, tt.wantErr)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ParseShard (-want +got):\n%s", diff)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
