"""A small clean Laravel application, written as such applications are written."""
# ruff: noqa: E501 - the applications' own lines

from __future__ import annotations

FILES: dict[str, str | bytes] = {
    "artisan": """#!/usr/bin/env php
<?php

use Illuminate\\Foundation\\Application;
use Symfony\\Component\\Console\\Input\\ArgvInput;

define('LARAVEL_START', microtime(true));
require __DIR__.'/vendor/autoload.php';
/** @var Application $app */
$app = require_once __DIR__.'/bootstrap/app.php';
exit($app->handleCommand(new ArgvInput));
""",
    "public/index.php": """<?php

use Illuminate\\Http\\Request;

define('LARAVEL_START', microtime(true));

if (file_exists($maintenance = __DIR__.'/../storage/framework/maintenance.php')) {
    require $maintenance;
}
require __DIR__.'/../vendor/autoload.php';
(require_once __DIR__.'/../bootstrap/app.php')->handleRequest(Request::capture());
""",
    "public/.htaccess": """<IfModule mod_rewrite.c>
    RewriteEngine On
    RewriteCond %{REQUEST_FILENAME} !-f
    RewriteRule ^ index.php [L]
</IfModule>
""",
    "bootstrap/app.php": """<?php

return Application::configure(basePath: dirname(__DIR__))
    ->withRouting(web: __DIR__.'/../routes/web.php', health: '/up')
    ->withMiddleware(function (Middleware $middleware): void {
        $middleware->web(append: [CatatAkses::class]);
    })
    ->create();
""",
    "config/app.php": """<?php

return [
    'name' => env('APP_NAME', 'Laravel'),
    'env' => env('APP_ENV', 'production'),
    'debug' => (bool) env('APP_DEBUG', false),
    'key' => env('APP_KEY'),
    'previous_keys' => [...array_filter(explode(',', env('APP_PREVIOUS_KEYS', '')))],
];
""",
    "config/auth.php": """<?php

return [
    'defaults' => ['guard' => 'web', 'passwords' => env('AUTH_PASSWORD_BROKER', 'users')],
    'passwords' => ['users' => ['provider' => 'users', 'table' => 'password_reset_tokens', 'expire' => 60]],
    'password_timeout' => 10800,
];
""",
    "config/database.php": """<?php

return ['connections' => ['mysql' => [
    'driver' => 'mysql',
    'url' => env('DB_URL'),
    'host' => env('DB_HOST', '127.0.0.1'),
    'password' => env('DB_PASSWORD', ''),
    'options' => extension_loaded('pdo_mysql') ? array_filter([PDO::MYSQL_ATTR_SSL_CA => env('MYSQL_ATTR_SSL_CA')]) : [],
]]];
""",
    "routes/web.php": """<?php

use App\\Http\\Controllers\\PermohonanController;
use Illuminate\\Support\\Facades\\Route;

Route::get('/', fn () => view('welcome'));
Route::middleware(['auth', 'throttle:60,1'])->group(function () {
    Route::resource('permohonan', PermohonanController::class)->except('destroy');
});
""",
    "app/Models/Permohonan.php": """<?php

declare(strict_types=1);

namespace App\\Models;

final class Permohonan extends Model
{
    use HasFactory, SoftDeletes;

    protected $table = 'permohonan';

    protected $fillable = ['nomor', 'hal', 'status', 'lampiran'];

    protected $hidden = ['remember_token', 'password'];

    protected function casts(): array
    {
        return ['tanggal' => 'date', 'status' => Status::class, 'password' => 'hashed'];
    }

    public function scopeCari(Builder $query, ?string $kata): Builder
    {
        return $query->when($kata, fn (Builder $q) => $q->where('hal', 'like', "%{$kata}%"));
    }
}

enum Status: string
{
    case Draf = 'draf';
    case Terkirim = 'terkirim';

    public function label(): string
    {
        return match ($this) {
            self::Draf => 'Draf',
            self::Terkirim => 'Terkirim',
        };
    }
}
""",
    "app/Http/Controllers/PermohonanController.php": """<?php

namespace App\\Http\\Controllers;

class PermohonanController extends Controller
{
    public function __construct(private readonly Layanan $layanan) {}

    public function index(Request $request): View
    {
        $daftar = Permohonan::query()
            ->cari($request->string('kata')->toString())
            ->select('nomor', DB::raw('count(*) as jumlah'))
            ->whereRaw('year(created_at) = ?', [$request->integer('tahun')])
            ->orderByDesc('created_at')
            ->paginate(20)
            ->withQueryString();

        return view('permohonan.index', compact('daftar'));
    }

    public function store(SimpanPermohonanRequest $request): RedirectResponse
    {
        $data = $request->validated();
        if ($request->hasFile('lampiran')) {
            $data['lampiran'] = $request->file('lampiran')->store('lampiran');
        }
        $permohonan = $request->user()->permohonan()->create($data);
        Log::info("Permohonan {$permohonan->nomor} dibuat dari halaman web");

        return redirect()->route('permohonan.show', $permohonan)->with('pesan', 'Tersimpan.');
    }

    public function ekspor(): StreamedResponse
    {
        return response()->streamDownload(function () {
            echo "nomor,hal\\n";
            foreach (Permohonan::cursor() as $p) {
                echo $p->nomor . ',' . $p->hal . PHP_EOL;
            }
        }, 'permohonan.csv');
    }
}
""",
    "app/Http/Requests/SimpanPermohonanRequest.php": """<?php

class SimpanPermohonanRequest extends FormRequest
{
    public function rules(): array
    {
        return [
            'hal' => ['required', 'string', 'max:200'],
            'password' => 'required|confirmed|min:12',
            'kata_sandi' => ['sometimes', Password::defaults()],
            'lampiran' => ['nullable', File::types(['pdf'])->max('10mb')],
        ];
    }

    public function attributes(): array
    {
        return ['password' => 'kata sandi', 'hal' => 'perihal'];
    }
}
""",
    "app/Services/Layanan.php": """<?php

class Layanan
{
    public function ambil(string $nik): array
    {
        $jawaban = Http::withToken(config('services.dukcapil.token'))->timeout(5)
            ->get(config('services.dukcapil.url') . '/penduduk', ['nik' => $nik]);
        $kunci = 'penduduk:' . sha1($nik);

        return Cache::remember($kunci, 3600, fn () => $jawaban->throw()->json());
    }

    public function versi(): string
    {
        return trim((string) file_get_contents(base_path('VERSION')));
    }

    public function laporan(int $tahun): Collection
    {
        return collect(DB::select('select nomor, hal from permohonan where year(created_at) = ?', [$tahun]));
    }
}
""",
    "database/migrations/2026_01_01_000000_create_permohonan_table.php": """<?php

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('permohonan', function (Blueprint $table) {
            $table->id();
            $table->string('nomor')->unique();
            $table->string('password');
            $table->timestamps();
        });
        DB::statement('create index permohonan_hal on permohonan (hal(20))');
    }
};
""",
    "database/seeders/DatabaseSeeder.php": """<?php

class DatabaseSeeder extends Seeder
{
    public function run(): void
    {
        User::factory()->create(['name' => 'Uji', 'password' => Hash::make(Str::random(20))]);
    }
}
""",
    "tests/Feature/MasukTest.php": """<?php

it('menolak sandi yang salah', function () {
    $user = User::factory()->create();
    $this->post('/login', ['email' => $user->email, 'password' => 'wrong-password'])->assertSessionHasErrors();
    expect($user->fresh()->status)->toBe(Status::Draf);
});
""",
    "resources/views/layouts/app.blade.php": """<!DOCTYPE html>
<html lang="{{ str_replace('_', '-', app()->getLocale()) }}">
<head>
    <meta name="csrf-token" content="{{ csrf_token() }}">
    <title>@yield('title', config('app.name'))</title>
    @vite(['resources/css/app.css', 'resources/js/app.js'])
    @stack('styles')
    <style>@media (max-width: 600px) { nav { display: none } }</style>
</head>
<body @class(['gelap' => session('gelap'), 'p-4'])>
    @auth <p>{{ auth()->user()->name }} | bantuan@contoh.go.id (jam kerja)</p> @endauth
    @includeWhen(session()->has('pesan'), 'partials.pesan', ['pesan' => session('pesan')])
    {{ $slot ?? '' }}
    @yield('content')
    <script>
        window.Laik = {{ Js::from(['csrf' => csrf_token()]) }};
        const daftar = @json($daftar ?? []);
        @if (session('pesan'))
            alert("{{ session('pesan') }}");
        @endif
    </script>
</body>
</html>
""",
    "resources/views/permohonan/index.blade.php": """@extends('layouts.app')
@section('title', 'Daftar permohonan')
@section('content')
{{-- daftar permohonan {!! tidak dicetak !!} --}}
<form method="post" action="{{ route('permohonan.store') }}">
    @csrf @method('PUT')
    <input type="password" name="password" @required(true)>
    @error('hal') <p>{{ $message }}</p> @enderror
</form>
@forelse ($daftar as $permohonan)
    @php($nomor = $loop->iteration + ($daftar->currentPage() - 1) * 20)
    <x-kartu :permohonan="$permohonan" judul="Nomor {{ $nomor }}" />
    @switch($permohonan->status)
        @case(Status::Draf) <b>Draf</b> @break
        @default <b>{{ $permohonan->status?->label() }}</b>
    @endswitch
@empty
    <p>Belum ada.</p>
@endforelse
@php
    $total = $daftar->total();
@endphp
@for ($i = 0; $i < 3; $i++) <i>{{ $i }}</i> @endfor
@verbatim <div>{{ dariVue }}</div> @endverbatim @{{ vue }}
{!! $daftar->links() !!}
{!! nl2br(e($total)) !!}
@endsection
""",
    "resources/views/lama.php": """<?php if (count($baris) > 0): ?>
<table>
  <?php foreach ($baris as $b): ?>
    <tr><td><?= htmlspecialchars($b->nama) ?></td><td><?= e($b->hal) ?></td></tr>
  <?php endforeach; ?>
</table>
<?php else: ?>
<p>Kosong</p>
<?php endif ?>
""",
    "resources/js/app.js": """import './bootstrap';
import { createApp } from 'vue';

document.addEventListener('DOMContentLoaded', async () => {
    const tombol = document.querySelectorAll('[data-hapus]');
    for (const t of tombol) {
        t.addEventListener('click', (e) => { if (!confirm('Hapus?')) e.preventDefault(); });
    }
    const jawaban = await fetch(`/api/permohonan?halaman=${encodeURIComponent(1)}`);
    const { data = [], ...sisa } = await jawaban.json();
    document.getElementById('jumlah').textContent = data?.length ?? sisa.total;
    document.getElementById('kosong').innerHTML = '<em>kosong</em>';
    setTimeout(() => tombol[0]?.focus(), 100);
});
""",
    "resources/js/bootstrap.js": "import axios from 'axios';\nwindow.axios = axios;\n",
    "resources/js/Halaman.vue": """<script setup lang="ts">
import { ref, computed } from 'vue'
const props = defineProps<{ judul: string; jumlah?: number }>()
const buka = ref(false)
const label = computed((): string => `${props.judul} (${props.jumlah ?? 0})`)
</script>

<template>
  <button v-if="props.jumlah && props.jumlah > 0" @click="buka = !buka">{{ label }}</button>
</template>
""",
    "vite.config.js": """import { defineConfig } from 'vite';
import laravel from 'laravel-vite-plugin';
export default defineConfig({ plugins: [laravel({ input: ['resources/css/app.css'], refresh: true })] });
""",
    "bin/siapkan.sh": '#!/usr/bin/env bash\nset -euo pipefail\ncomposer install --no-dev\nphp artisan migrate --force "$@"\n',
    ".env.example": """APP_NAME=Laravel
APP_ENV=local
APP_KEY=
APP_DEBUG=true
DB_PASSWORD=
REDIS_PASSWORD=null
MAIL_PASSWORD=null
AWS_SECRET_ACCESS_KEY=
VITE_APP_NAME="${APP_NAME}"
""",
    "phpunit.xml": '<phpunit><php><env name="APP_ENV" value="testing"/><env name="DB_PASSWORD" value=""/></php></phpunit>\n',
    "composer.json": '{"name": "aplikasi/permohonan", "require": {"php": "^8.3", "laravel/framework": "^12.0"}}\n',
    "composer.lock": '{"content-hash": "0123456789abcdef0123456789abcdef", "token": "A1b2C3d4E5f6G7h8"}\n',
    ".gitlab-ci.yml": "test:\n  variables:\n    MYSQL_ROOT_PASSWORD: ${SANDI_UJI}\n    DB_PASSWORD: $SANDI_UJI\n  script: [composer test]\n",
    "Dockerfile": "FROM php:8.3-fpm\nCOPY . /var/www\n",
    "README.md": "# Permohonan\n\n`DB_PASSWORD=isi-sendiri`\n",
    "resources/css/app.css": "@import 'tailwindcss';\n",
    "public/logo.png": b"\x89PNG\r\n\x1a\n\0\0\0",
    "dokumen/pengujian/laporan-pengujian.md": "# Laporan\n",
}
