<?php

use App\Http\Controllers\BerandaController;
use App\Http\Controllers\VersiController;
use Illuminate\Support\Facades\Route;

Route::get('/', BerandaController::class)->name('beranda');
Route::get('/versi', VersiController::class)->name('versi');
